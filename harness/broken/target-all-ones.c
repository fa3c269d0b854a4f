/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* All ones means "no device" on PCI, and nothing special here. */
int hv_feature_available(uint32_t target) {
    uint32_t value;

    if (cpuid(BASE).eax < target)
        return 0;
    value = cpuid(target).eax;
    return value != 0 && value != 0xffffffffu;
}
