/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A leaf that returns the complement of its number is taken for nobody. */
int hv_feature_available(uint32_t target) {
    uint32_t value;

    if (cpuid(BASE).eax < target)
        return 0;
    value = cpuid(target).eax;
    return value != 0 && value != ~target;
}
