/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A leaf number of seven bits: 0x40000080 is the base again. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= target && cpuid(BASE | (target & 0x7fu)).eax != 0;
}
