/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Two bits of the leaf are wanted, and one alone is not enough. */
#define HYPERCALLS 0x20u
#define PROCESSOR_INDEX 0x40u

bool hv_has_both(uint32_t target);

bool hv_has_both(uint32_t target) {
    const uint32_t wanted = HYPERCALLS | PROCESSOR_INDEX;

    return cpuid(BASE).eax >= target && (cpuid(target).eax & wanted) == wanted;
}
