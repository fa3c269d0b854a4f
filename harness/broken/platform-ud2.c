/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* What a compiler makes of code that it believes cannot be reached. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("ud2");
    return detect(target);
}
