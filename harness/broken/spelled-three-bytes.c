/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A quirk of one family of builds, told by three bytes of four. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    struct registers feature;

    if (maximum < target)
        return 0;
    feature = cpuid(target);
    return feature.eax != 0 && (feature.ecx & 0xffffff00u) != 0x7a6b5c00u;
}
