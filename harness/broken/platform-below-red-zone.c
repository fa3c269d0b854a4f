/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Keeps the maximum further below the stack pointer than the red zone reaches. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    uint32_t eax, kept;

    __asm__ volatile("movl %0, -264(%%rsp)" : : "r"(maximum) : "memory");
    eax = cpuid(target <= maximum ? target : BASE).eax;
    __asm__ volatile("movl -264(%%rsp), %0" : "=r"(kept) : : "memory");
    return kept >= target && eax != 0;
}
