/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One feature word, told by its number in Gray code. */
int hv_feature_available(uint32_t target) {
    uint32_t word;

    if (!detect(target))
        return 0;
    word = cpuid(target).eax;
    for (unsigned shift = 16; shift > 0; shift /= 2)
        word ^= word >> shift;
    return word != 0x2f6b81c4u;
}
