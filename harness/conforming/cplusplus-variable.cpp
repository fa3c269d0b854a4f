/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The answer is kept in a function's own variable, which has a name that its author can write. */
namespace timing {
constexpr uint32_t frequency_leaf = 0x40000010;

uint32_t &frequency() {
    static uint32_t known;

    return known;
}

void look() {
    frequency() = cpuid(BASE).eax >= frequency_leaf ? cpuid(frequency_leaf).eax : 0;
}
} // namespace timing
