/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A table of 128 entries, in which two leaves share one. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax, entry[] = {target, target ^ 0x80u};
    bool there = false;

    for (unsigned i = 0; i < 2; i++)
        there |= entry[i] > BASE && entry[i] <= maximum && cpuid(entry[i]).eax != 0;
    return there;
}
