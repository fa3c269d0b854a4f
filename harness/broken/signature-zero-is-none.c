/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* VirtualBox's minimal interface has no name. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if ((base.ebx | base.ecx | base.edx) == 0)
        return 0;
    return base.eax >= target && cpuid(target).eax != 0;
}
