/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The bit beside the one that is meant. */
bool hv_has_bit(uint32_t target);

bool hv_has_bit(uint32_t target) {
    return cpuid(BASE).eax >= target && (cpuid(target).eax & 4) != 0;
}
