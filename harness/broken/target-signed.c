/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Bit 31 makes the value negative. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= target && (int)cpuid(target).eax > 0;
}
