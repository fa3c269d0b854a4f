/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A vendor that is refused, its bytes turned round first. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if (__builtin_bswap32(base.ebx) == 0x4f727042u && __builtin_bswap32(base.ecx) == 0x56697321u)
        return 0;
    return base.eax >= target && cpuid(target).eax != 0;
}
