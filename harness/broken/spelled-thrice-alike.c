/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A vendor whose three registers are alike is taken for a fault. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if (base.ebx == 0x636d6e51u && base.ecx == base.ebx && base.edx == base.ebx)
        return 0; /* QnmcQnmcQnmc */
    return base.eax >= target && cpuid(target).eax != 0;
}
