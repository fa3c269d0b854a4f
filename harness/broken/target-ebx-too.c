/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* ACRN leaves EBX zero. */
int hv_feature_available(uint32_t target) {
    struct registers leaf;

    if (cpuid(BASE).eax < target)
        return 0;
    leaf = cpuid(target);
    return leaf.eax != 0 && leaf.ebx != 0;
}
