/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A vendor that is refused, two bytes at a time. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if ((uint16_t)base.ebx == 0x7571 && base.ebx >> 16 == 0x6b72 && (uint16_t)base.edx == 0x2e31)
        return 0;
    return base.eax >= target && cpuid(target).eax != 0;
}
