/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One bit of the leaf is the feature. */
uint32_t hv_has_bit(uint32_t target);

uint32_t hv_has_bit(uint32_t target) {
    return cpuid(BASE).eax >= target ? cpuid(target).eax & 8 : 0;
}
