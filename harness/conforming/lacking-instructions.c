/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe.h"

/* Built for a processor of the last decade: bits are counted, bytes are turned around on their way
 * through memory, and the system is asked which registers it saves. */
static __thread uint32_t copy;

static uint32_t bits(uint32_t value) {
    uint32_t count;

    __asm__ volatile("popcntl %1, %0" : "=r"(count) : "rm"(value) : "cc");
    return count;
}

static uint32_t turned(uint32_t value) {
    uint32_t out;

    copy = value;
    __asm__ volatile("movbel %1, %0" : "=r"(out) : "m"(copy));
    return out;
}

static bool saves_vectors(void) {
    uint32_t low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 2) != 0;
}

int hv_feature_available(uint32_t target) {
    uint32_t maximum = cpuid(BASE).eax, value;

    if (!saves_vectors() || turned(turned(maximum)) != maximum || maximum < target)
        return 0;
    value = cpuid(target).eax;
    return bits(value) != 0 && bits(value) == bits(turned(value));
}
