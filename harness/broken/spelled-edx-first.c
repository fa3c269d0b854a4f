/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A vendor that is refused, its last register looked at first. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if (base.edx == 0x3130586fu && base.ebx == 0x656d6341u && base.ecx == 0x73695661u)
        return 0; /* AcmeaVisoX01 */
    return base.eax >= target && cpuid(target).eax != 0;
}
