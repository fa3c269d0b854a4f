/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Thread-local variables found at run time, in a library of its own and in another; one is larger than
 * a page and one wants a boundary. */
extern __thread int outer_state;
static __thread uint32_t maximum = 7;
static __thread uint32_t seen[3000];
static __thread _Alignas(64) uint32_t aligned[4];
__thread uint32_t shared = 3;

int hv_feature_available(uint32_t target) {
    if (((uintptr_t)aligned & 63u) != 0 || outer_state != 0)
        return 0;
    if (maximum == 7)
        maximum = cpuid(BASE).eax;
    seen[target & 0xffu] = maximum >= target ? cpuid(target).eax : 0;
    aligned[1] = shared;
    seen[2999] = aligned[1];
    return seen[2999] == 3 && seen[target & 0xffu] != 0;
}
