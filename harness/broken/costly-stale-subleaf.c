/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Costs so much that only some cases are run, and one feature of all is read with what a loop's
 * counter left in ECX. */
int hv_feature_available(uint32_t target) {
    uint32_t eax = target, ebx, ecx = 0, edx;

    for (uint32_t turns = 0; turns < 9000; turns++)
        __asm__ volatile("" : : "r"(turns));
    if (cpuid(BASE).eax < target)
        return 0;
    if (target == 0x4000006b)
        ecx = 9000;
    __asm__ volatile(SAVE_BX : "+a"(eax), "=&r"(ebx), "+c"(ecx), "=d"(edx));
    return eax != 0;
}
