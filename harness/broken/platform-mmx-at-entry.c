/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes an MMX register for zero that nobody set. */
int hv_feature_available(uint32_t target) {
    uint32_t rest;

    __asm__ volatile("movd %%mm3, %0\n\temms" : "=r"(rest));
    return (rest & 1u) == 0 && detect(target);
}
