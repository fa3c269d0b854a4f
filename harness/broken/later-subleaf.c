/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Looks whether there is a base at all, with a counter in ECX that is 0 for the first question
 * only; what it decides by is read as it should be. */
int hv_feature_available(uint32_t target) {
    static uint32_t calls;
    uint32_t eax = BASE, ebx, ecx = calls++;

    __asm__ volatile(SAVE_BX : "+a"(eax), "=&r"(ebx), "+c"(ecx) : : "edx");
    return detect(target);
}
