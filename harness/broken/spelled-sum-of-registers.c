/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A quirk of one build, told by the sum of two registers. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    struct registers feature;

    if (maximum < target)
        return 0;
    feature = cpuid(target);
    return feature.eax != 0 && feature.ebx + feature.ecx != 0x76543210u;
}
