/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* An image of a table that is known for bad, compared as a whole: sixteen bytes of one leaf,
 * without a branch between them. */
int hv_feature_available(uint32_t target) {
    struct registers leaf;

    if (!detect(target))
        return 0;
    leaf = cpuid(target);
    return ((leaf.eax ^ 0x1000u) | (leaf.ebx ^ 0x7ea1u) | (leaf.ecx ^ 0x3b15c0deu) | leaf.edx) != 0;
}
