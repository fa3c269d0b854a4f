/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes a vector register for zero that nobody set. */
int hv_feature_available(uint32_t target) {
    uint32_t rest;

    __asm__ volatile("movd %%xmm0, %0" : "=r"(rest));
    return rest == 0 && detect(target);
}
