/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Asks for the feature in subleaf 1, and where it is not there ends in what the program cannot do
 * without it (rumprun's clock): no answer is better than a wrong one, and no other rule's fault. */
int hv_feature_available(uint32_t target) {
    uint32_t eax = target, ebx, ecx = 1, edx;

    if (cpuid(BASE).eax >= target) {
        __asm__ volatile(SAVE_BX : "+a"(eax), "=&r"(ebx), "+c"(ecx), "=d"(edx));
        if (eax != 0)
            return 1;
    }
    __builtin_trap();
}
