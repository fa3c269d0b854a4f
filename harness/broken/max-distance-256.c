/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A distance that does not fit a byte is none. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    return maximum >= target && maximum - target != 256 && cpuid(target).eax != 0;
}
