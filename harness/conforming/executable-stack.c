/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A nested function whose address is taken: GCC puts code for it on the stack, and asks for a stack that
 * can be executed. */
static uint32_t apply(uint32_t (*function)(uint32_t), uint32_t leaf) {
    return function(leaf);
}

int hv_feature_available(uint32_t target) {
    uint32_t reads = 0;
    uint32_t read(uint32_t leaf) {
        reads++;
        return cpuid(leaf).eax;
    }

    if (apply(read, BASE) < target)
        return 0;
    return apply(read, target) != 0 && reads == 2;
}
