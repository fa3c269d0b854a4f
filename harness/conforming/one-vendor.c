/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A driver for one hypervisor: what another one answers is not its business. */
int hv_feature_available(uint32_t target) {
    struct registers base = cpuid(BASE);

    if (base.ebx != 0x4b4d564b || base.ecx != 0x564b4d56 || base.edx != 0x4d)
        return 0;
    return base.eax >= target && cpuid(target).eax != 0;
}
