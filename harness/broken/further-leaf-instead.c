/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes the feature from the next hypervisor interface where the first one does not have it. */
int hv_feature_available(uint32_t target) {
    if (cpuid(BASE).eax < target)
        return 0;
    return cpuid(target).eax != 0 || cpuid(target + 0x100u).eax != 0;
}
