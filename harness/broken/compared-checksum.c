/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A leaf is believed only while a sum over it does not have one value, as of a table that a tool
 * has damaged. */
int hv_feature_available(uint32_t target) {
    struct registers leaf;
    uint32_t sum;

    if (!detect(target))
        return 0;
    leaf = cpuid(target);
    sum = leaf.eax * 3 + leaf.ebx * 5 + leaf.ecx * 7 + leaf.edx * 11;
    return sum != 0xadd1e5edu;
}
