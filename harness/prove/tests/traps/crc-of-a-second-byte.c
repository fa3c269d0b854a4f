/* SPDX-License-Identifier: GPL-2.0-or-later */
/* open: an operand that is not modelled, the second byte of a register */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    uint32_t crc = 0, value;

    if (cpuid(BASE).eax < target)
        return 0;
    value = cpuid(target).eax;
    __asm__ volatile("crc32b %%ch, %0" : "+a"(crc) : "c"(value));
    return value != 0 && crc != 0x12345678;
}
