/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Asks for the feature with a subleaf that it has no reason for. */
static uint32_t feature(uint32_t leaf) {
    uint32_t eax = leaf, ebx, ecx = 1, edx;

    __asm__ volatile(SAVE_BX : "+a"(eax), "=&r"(ebx), "+c"(ecx), "=d"(edx));
    return eax;
}

int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= target && feature(target) != 0;
}
