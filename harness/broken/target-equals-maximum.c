/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A leaf that returns the maximum is taken for an echo of the base. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    uint32_t value;

    if (maximum < target)
        return 0;
    value = cpuid(target).eax;
    return value != 0 && value != maximum;
}
