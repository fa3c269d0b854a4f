/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A vendor that is refused, each byte a comparison of its own. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if ((uint8_t)base.ebx == 'O' && (uint8_t)(base.ebx >> 8) == 'r' &&
        (uint8_t)(base.ebx >> 16) == 'b' && (uint8_t)(base.ebx >> 24) == 'V' &&
        (uint8_t)base.ecx == 'i' && (uint8_t)(base.ecx >> 8) == 's')
        return 0;
    return base.eax >= target && cpuid(target).eax != 0;
}
