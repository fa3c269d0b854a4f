/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The answer is right, but on hardware that traps or misbehaves out of range it is too late. */
int hv_feature_available(uint32_t target) {
    const uint32_t value = cpuid(target).eax;

    return cpuid(BASE).eax >= target && value != 0;
}
