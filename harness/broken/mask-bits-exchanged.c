/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Two bits of the leaf, each in the other's place. */
uint32_t hv_bits(uint32_t target);

uint32_t hv_bits(uint32_t target) {
    uint32_t eax = cpuid(BASE).eax >= target ? cpuid(target).eax : 0;

    return (eax & 8) >> 1 | (eax & 4) << 1;
}
