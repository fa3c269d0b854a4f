/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A kernel that has its processor fetch anew what it changed: IRET, to where it is, as Linux's
 * sync_core. */
static void serialize(void) {
#ifdef __x86_64__
    unsigned long word;

    __asm__ volatile("mov %%ss, %k0\n\tpushq %0\n\tpushq %%rsp\n\taddq $8, (%%rsp)\n\tpushfq\n\t"
                     "mov %%cs, %k0\n\tpushq %0\n\tpushq $1f\n\tiretq\n1:"
                     : "=&r"(word)
                     :
                     : "memory", "cc");
#else
    __asm__ volatile("pushfl\n\tpushl %%cs\n\tpushl $1f\n\tiret\n1:" : : : "memory", "cc");
#endif
}

int hv_feature_available(uint32_t target) {
    uint32_t maximum = cpuid(BASE).eax;

    serialize();
    if (maximum < target)
        return 0;
    maximum = cpuid(target).eax;
    serialize();
    return maximum != 0;
}
