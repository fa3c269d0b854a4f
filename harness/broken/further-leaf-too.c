/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Wants the next hypervisor interface, where there is one, to have the feature too. */
int hv_feature_available(uint32_t target) {
    if (cpuid(BASE).eax < target || cpuid(target).eax == 0)
        return 0;
    return cpuid(BASE + 0x100u).eax == 0 || cpuid(target + 0x100u).eax != 0;
}
