/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One maximum is taken for rubbish, by its difference from a constant. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    if ((maximum ^ 0x1234abcdu) == 0x4e41ab2fu)
        return 0;
    return maximum >= target && cpuid(target).eax != 0;
}
