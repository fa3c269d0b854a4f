/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Looks for a processor's name where it would stand in leaf 0: in EBX, EDX and ECX. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if (base.ebx == 0x756e6547 && base.edx == 0x49656e69 && base.ecx == 0x6c65746e)
        return 0;
    return base.eax >= target && cpuid(target).eax != 0;
}
