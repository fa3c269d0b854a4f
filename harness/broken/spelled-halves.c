/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A quirk of one build, whose number is compared in halves that lie apart. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    struct registers feature;

    if (maximum < target)
        return 0;
    feature = cpuid(target);
    if (feature.edx >> 16 != 0x1f2e)
        return feature.eax != 0;
    return feature.eax != 0 && (uint16_t)feature.edx != 0x3d4c;
}
