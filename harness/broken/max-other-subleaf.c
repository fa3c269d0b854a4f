/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Asks for the base with all ones in ECX. */
static uint32_t maximum(void) {
    uint32_t eax = BASE, ebx, ecx = UINT32_MAX, edx;

    __asm__ volatile(SAVE_BX : "+a"(eax), "=&r"(ebx), "+c"(ecx), "=d"(edx));
    return eax;
}

int hv_feature_available(uint32_t target) {
    return maximum() >= target && cpuid(target).eax != 0;
}
