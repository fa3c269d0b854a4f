/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes the lower of two bases' maxima; most hypervisors have one base. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    const uint32_t other = cpuid(BASE + 0x100).eax;

    return maximum >= target && other >= target && cpuid(target).eax != 0;
}
