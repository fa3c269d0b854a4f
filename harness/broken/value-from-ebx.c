/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Tests EAX and hands over EBX. */
int hv_feature_value(uint32_t target, uint32_t *value);

int hv_feature_value(uint32_t target, uint32_t *value) {
    struct registers leaf;

    *value = 0;
    if (cpuid(BASE).eax < target)
        return 0;
    leaf = cpuid(target);
    if (leaf.eax == 0)
        return 0;
    *value = leaf.ebx;
    return 1;
}
