/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* When the first leaf repeats leaf 0, nothing is believed. */
int hv_feature_available(uint32_t target) {
    const struct registers processor = cpuid(0);
    struct registers first;

    if (!detect(target))
        return 0;
    first = cpuid(BASE + 1);
    return target == BASE + 1 || !(first.eax == processor.eax && first.ebx == processor.ebx &&
                                   first.ecx == processor.ecx && first.edx == processor.edx);
}
