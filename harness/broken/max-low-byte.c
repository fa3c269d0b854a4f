/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Compares the low bytes only: 0x40000100 is below 0x40000010, and bare metal's 0x8fc is above. */
int hv_feature_available(uint32_t target) {
    const uint8_t maximum = (uint8_t)cpuid(BASE).eax;

    return maximum >= (uint8_t)target && cpuid(target).eax != 0;
}
