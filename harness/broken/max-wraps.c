/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A maximum below the base wraps to a huge number of leaves: 0 and 0x1004 pass. */
int hv_feature_available(uint32_t target) {
    const uint32_t leaves = cpuid(BASE).eax - BASE;

    return leaves >= target - BASE && cpuid(target).eax != 0;
}
