/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes 0x400000X0 for the range's own maximum or switch. */
int hv_feature_available(uint32_t target) {
    if (cpuid(BASE).eax < target || cpuid(target & ~0xfu).eax == 0)
        return 0;
    return cpuid(target).eax != 0;
}
