/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A table whose even entries are never looked at. */
int hv_feature_available(uint32_t target) {
    static uint8_t there[257];
    const uint32_t maximum = cpuid(BASE).eax;

    for (uint32_t index = 1; index < sizeof there; index++)
        there[index] = index <= 0xff && BASE + index <= maximum && cpuid(BASE + index).eax != 0;
    return maximum >= target && there[(target & 0xff) | 1];
}
