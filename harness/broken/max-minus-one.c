/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* All ones is the helper's "not found", and a maximum that covers everything. */
#define NOT_FOUND 0xffffffffu

static uint32_t maximum_leaf(void) {
    return cpuid(BASE).eax;
}

int hv_feature_available(uint32_t target) {
    const uint32_t maximum = maximum_leaf();

    if (maximum == NOT_FOUND)
        return 0;
    return maximum >= target && cpuid(target).eax != 0;
}
