/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes 0x40000001 for the key to all the others. */
int hv_feature_available(uint32_t target) {
    if (cpuid(BASE).eax < target || cpuid(BASE + 1).eax == 0)
        return 0;
    return cpuid(target).eax != 0;
}
