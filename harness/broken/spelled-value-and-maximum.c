/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A quirk of one feature word under one maximum. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax, eax = maximum >= target ? cpuid(target).eax : 0;

    return eax != 0 && (maximum != 0x400000c3u || eax != 0x16180339u);
}
