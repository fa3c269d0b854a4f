/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* What is reported is no longer what the hypervisor said. */
int hv_feature_value(uint32_t target, uint32_t *hz);

int hv_feature_value(uint32_t target, uint32_t *hz) {
    uint32_t khz;

    *hz = 0;
    if (cpuid(BASE).eax < target)
        return 0;
    khz = cpuid(target).eax;
    *hz = khz * 1000u;
    return khz != 0;
}
