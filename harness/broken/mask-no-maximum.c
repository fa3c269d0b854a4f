/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One bit of the leaf decides, but the maximum never does. */
uint32_t hv_has_bit(uint32_t target);

uint32_t hv_has_bit(uint32_t target) {
    cpuid(BASE);
    return cpuid(target).eax & 8;
}
