/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Values between two numbers, neither of which is one of them. */
int hv_feature_available(uint32_t target) {
    uint32_t value;

    if (cpuid(BASE).eax < target)
        return 0;
    value = cpuid(target).eax;
    return value != 0 && !(value > 0x12345 && value < 0x12350);
}
