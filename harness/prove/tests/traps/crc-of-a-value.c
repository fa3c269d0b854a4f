/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted, and found: a CRC of the leaf's value that no draw meets */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    uint32_t crc = 0, value;

    if (cpuid(BASE).eax < target)
        return 0;
    value = cpuid(target).eax;
    __asm__ volatile("crc32l %1, %0" : "+r"(crc) : "r"(value));
    return value != 0 && crc != 0x12345678;
}
