/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* As if leaves came in pairs. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    if (maximum < target || cpuid(target).eax == 0)
        return 0;
    return maximum == target || cpuid(target + 1).eax != 0;
}
