/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: a flag that lzcnt leaves undefined */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    uint32_t above, value;
    bool sign;

    if (cpuid(BASE).eax < target)
        return 0;
    value = cpuid(target).eax;
    __asm__ volatile("lzcntl %2, %1" : "=@ccs"(sign), "=r"(above) : "r"(value));
    return value != 0 && !sign;
}
