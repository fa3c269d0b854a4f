/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One value of the maximum, far from any feature. */
int hv_feature_available(uint32_t target) {
    uint32_t maximum = cpuid(BASE).eax;

    return maximum >= target && maximum != 0xa7c3d219u && cpuid(target).eax != 0;
}
