/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A random delay, drawn where nothing should be left to chance. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("rdrand %%eax" : : : "eax", "cc");
    return detect(target);
}
