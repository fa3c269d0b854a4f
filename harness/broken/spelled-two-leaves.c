/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A quirk of one vendor in one build, told by a register of either leaf. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    struct registers feature;

    if (base.eax < target)
        return 0;
    feature = cpuid(target);
    return feature.eax != 0 && (base.ebx != 0x6f436f4eu || feature.ecx != 0x77665544u);
}
