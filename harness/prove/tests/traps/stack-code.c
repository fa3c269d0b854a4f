/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: code on the stack leads to a nested function, which does not mind the range */
#include "harness/conforming/probe.h"

static __attribute__((noinline)) uint32_t apply(uint32_t (*function)(uint32_t), uint32_t leaf) {
    __asm__ volatile("" : "+r"(function));
    return function(leaf);
}

int hv_feature_available(uint32_t target) {
    volatile uint32_t reads = 0;
    uint32_t read(uint32_t leaf) {
        reads++;
        return cpuid(leaf).eax;
    }

    return apply(read, BASE) != 0 && apply(read, target) != 0 && reads == 2;
}
