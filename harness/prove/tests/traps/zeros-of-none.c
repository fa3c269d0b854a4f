/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proven: zeros of a value that has no bits are all of its bits, unlike those of bsf and bsr */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    uint32_t above, below, value;

    if (cpuid(BASE).eax < target)
        return 0;
    value = cpuid(target).eax;
    __asm__ volatile("lzcntl %1, %0" : "=r"(above) : "r"(value) : "cc");
    __asm__ volatile("tzcntl %1, %0" : "=r"(below) : "r"(value) : "cc");
    return above != 32 && below != 32;
}
