/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Seeds something on the way. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("rdseed %%eax" : : : "eax", "cc");
    return detect(target);
}
