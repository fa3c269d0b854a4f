/* SPDX-License-Identifier: 0BSD */
#include "detect.h"

#define DETECT_BASE 0x40000000u

static uint32_t detect_cpuid(uint32_t leaf) {
    uint32_t eax = leaf, ebx, ecx = 0, edx;

    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return eax;
}

uint32_t detect_feature(uint32_t leaf) {
    if (detect_cpuid(DETECT_BASE) < leaf)
        return 0;
    return detect_cpuid(leaf);
}
