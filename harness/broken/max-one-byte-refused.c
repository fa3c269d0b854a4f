/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One version of one hypervisor, known by the low byte of its maximum, is not trusted. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    return maximum >= target && (uint8_t)maximum != 0x27 && cpuid(target).eax != 0;
}
