/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Reads the maximum on the first question only. */
static uint32_t maximum_leaf(void) {
    static uint32_t maximum;
    static bool known; /* apart from the number: each of the 2^32 maxima is a valid one */

    if (!known) {
        maximum = cpuid(BASE).eax;
        known = true;
    }
    return maximum;
}

int hv_feature_available(uint32_t target) {
    return maximum_leaf() >= target && cpuid(target).eax != 0;
}
