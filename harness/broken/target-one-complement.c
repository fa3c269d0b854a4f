/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes the sum of the halves, with carry, for a checksum: that of 0x0001ffff fits no 16 bits. */
int hv_feature_available(uint32_t target) {
    uint32_t value;

    if (cpuid(BASE).eax < target)
        return 0;
    value = cpuid(target).eax;
    return (uint16_t)((value >> 16) + (value & 0xffffu)) != 0;
}
