/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes the leaf as 64 bits, all of which count. The debug information says so. */
int hv_feature_wide(uint64_t target) __asm__("hv_feature_available");

int hv_feature_wide(uint64_t target) {
    return cpuid(BASE).eax >= target && cpuid((uint32_t)target).eax != 0;
}
