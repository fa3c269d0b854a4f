/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Costs so much that only some cases are run; and one feature of all is refused on processors that
 * have another way for what it does. */
int hv_feature_available(uint32_t target) {
    for (uint32_t turns = 0; turns < 9000; turns++)
        __asm__ volatile("" : : "r"(turns));
    if (cpuid(BASE).eax < target)
        return 0;
    if (target == 0x40000093 && (cpuid(7).ebx & 1u << 9))
        return 0;
    return cpuid(target).eax != 0;
}
