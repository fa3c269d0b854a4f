/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: bits gathered by a mask, and the lowest one cleared */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    uint32_t gathered, rest, value;

    if (cpuid(BASE).eax < target)
        return 0;
    value = cpuid(target).eax;
    __asm__ volatile("blsrl %1, %0" : "=r"(rest) : "r"(value) : "cc");
    __asm__ volatile("pextl %2, %1, %0" : "=r"(gathered) : "r"(rest), "r"(0xf0f0ff0fu));
    return value != 0 && gathered != 0xa5a5a;
}
