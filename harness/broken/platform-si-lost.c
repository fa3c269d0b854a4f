/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Saves one of the caller's registers in another of the caller's registers. */
static uint32_t cpuid_eax(uint32_t leaf) {
    uint32_t ecx = 0, edx;

    __asm__ volatile("movl %%ebx, %%esi\n\tcpuid\n\tmovl %%esi, %%ebx"
                     : "+a"(leaf), "+c"(ecx), "=d"(edx));
    return leaf;
}

int hv_feature_available(uint32_t target) {
    const volatile uint32_t wanted = target; /* in memory: no register is saved for it */

    return cpuid_eax(BASE) >= wanted && cpuid_eax(wanted) != 0;
}
