/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Asks whether the maximum reaches into the target's range of sixteen, not up to the target. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >> 4 >= target >> 4 && cpuid(target).eax != 0;
}
