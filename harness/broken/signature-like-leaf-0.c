/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A signature that is the processor's own is taken for a leaf that nobody answers. */
int hv_feature_available(uint32_t target) {
    const struct registers processor = cpuid(0), base = cpuid(BASE);

    if (base.ebx == processor.ebx && base.ecx == processor.ecx && base.edx == processor.edx)
        return 0;
    return base.eax >= target && cpuid(target).eax != 0;
}
