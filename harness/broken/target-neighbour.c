/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Counts the leaves from 0 where the mail counts from 1. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= target && cpuid(target - 1).eax != 0;
}
