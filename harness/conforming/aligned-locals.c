/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

#define LINE 64u
#define LARGE (40u * 1024u)

/* Variables that want more alignment than the stack has at a call, one whose size is only known
 * then, and a frame of forty kilobytes: none of it depends on where the stack lies. */
static uint32_t maximum(uint32_t spread) {
    _Alignas(64) volatile uint32_t line[LINE / 4];
    volatile uint32_t some[spread % 7 + 1];

    line[spread % (LINE / 4)] = cpuid(BASE).eax;
    some[spread % 7] = line[spread % (LINE / 4)];
    return ((uintptr_t)line & (LINE - 1)) == 0 ? some[spread % 7] : 0;
}

static __attribute__((noinline)) uint32_t far_below(uint32_t target) {
    volatile uint32_t large[LARGE / 4];

    large[0] = target;
    large[LARGE / 4 - 1] = cpuid(target).eax;
    return large[0] == target ? large[LARGE / 4 - 1] : 0;
}

int hv_feature_available(uint32_t target) {
    return maximum(target) >= target && far_below(target) != 0;
}
