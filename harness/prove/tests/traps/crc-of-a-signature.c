/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: a CRC of the signature's twelve bytes, in two sizes of operand */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    uint32_t crc = 0xffffffff;

    __asm__ volatile("crc32l %1, %0" : "+r"(crc) : "r"(base.ebx));
    __asm__ volatile("crc32w %w1, %0" : "+r"(crc) : "r"(base.ecx));
    __asm__ volatile("crc32l %1, %0" : "+r"(crc) : "r"(base.edx));
    return base.eax >= target && cpuid(target).eax != 0 && crc != 0x89abcdef;
}
