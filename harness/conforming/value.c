/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Reports the leaf's value, 0 when there is none. */
uint32_t hv_feature_value(uint32_t target);

uint32_t hv_feature_value(uint32_t target) {
    return cpuid(BASE).eax >= target ? cpuid(target).eax : 0;
}
