/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A kernel module that keeps its answers in the processor's own data, and does not want to be
 * preempted meanwhile: that data lies behind a segment register, at its symbols' addresses. */
#ifdef __x86_64__
#define OWN "%%gs:"
#else
#define OWN "%%fs:"
#endif

extern int preemptions_off;
static uint32_t maximum __attribute__((section(".data..percpu"))) = 7;

static uint32_t own_maximum(void) {
    uint32_t value;

    __asm__ volatile("movl " OWN "%1, %0" : "=r"(value) : "m"(maximum));
    return value;
}

int hv_feature_available(uint32_t target) {
    int available, off;

    __asm__ volatile("incl " OWN "%0" : "+m"(preemptions_off));
    if (own_maximum() == 7)
        __asm__ volatile("movl %1, " OWN "%0" : "=m"(maximum) : "r"(cpuid(BASE).eax));
    available = own_maximum() >= target && cpuid(target).eax != 0;
    __asm__ volatile("movl " OWN "%1, %0" : "=r"(off) : "m"(preemptions_off));
    __asm__ volatile("decl " OWN "%0" : "+m"(preemptions_off));
    return available && off == 1;
}
