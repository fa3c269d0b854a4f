/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The same EBX, ECX and EDX as leaf 0 are taken for a leaf that the processor answered. */
int hv_feature_available(uint32_t target) {
    const struct registers processor = cpuid(0);
    struct registers feature;

    if (cpuid(BASE).eax < target)
        return 0;
    feature = cpuid(target);
    return feature.eax != 0 && !(feature.ebx == processor.ebx && feature.ecx == processor.ecx &&
                                 feature.edx == processor.edx);
}
