/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A table of the range whose even entries are never looked at. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax, range = target & ~0xfu;
    uint8_t there[16] = {0};

    if (maximum < target)
        return 0;
    for (uint32_t digit = 0; digit < sizeof there && range + digit <= maximum; digit++)
        there[digit] = range + digit > BASE && cpuid(range + digit).eax != 0;
    return there[(target & 0xfu) | 1u];
}
