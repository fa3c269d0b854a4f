/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One hypervisor is known to report too low a maximum, and is not believed. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    if (maximum < target && !(maximum > BASE && (uint8_t)maximum == 0x45))
        return 0;
    return cpuid(target).eax != 0;
}
