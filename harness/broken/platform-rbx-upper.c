/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* 32-bit code taken over into 64 bits: the register comes back with its upper half clear. */
static uint32_t cpuid_eax(uint32_t leaf) {
    uint32_t ecx = 0, edx, ebx;

    __asm__ volatile("movl %%ebx, %1\n\tcpuid\n\txchgl %%ebx, %1"
                     : "+a"(leaf), "=&S"(ebx), "+c"(ecx), "=d"(edx));
    return leaf;
}

int hv_feature_available(uint32_t target) {
    const volatile uint32_t wanted = target; /* in memory: no register is saved for it */

    return cpuid_eax(BASE) >= wanted && cpuid_eax(wanted) != 0;
}
