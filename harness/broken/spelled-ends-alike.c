/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A vendor that is refused, its first register the same as its last. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if (base.ebx == 0x6b6f6f4cu && base.ecx == 0x6b636142u && base.edx == 0x6b6f6f4cu)
        return 0; /* LookBackLook */
    return base.eax >= target && cpuid(target).eax != 0;
}
