/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The commonest slip of all: CPUID writes EBX, which belongs to the caller. */
static uint32_t cpuid_eax(uint32_t leaf) {
    uint32_t ecx = 0, edx;

    __asm__ volatile("cpuid" : "+a"(leaf), "+c"(ecx), "=d"(edx));
    return leaf;
}

int hv_feature_available(uint32_t target) {
    const volatile uint32_t wanted = target; /* in memory: no register is saved for it */

    return cpuid_eax(BASE) >= wanted && cpuid_eax(wanted) != 0;
}
