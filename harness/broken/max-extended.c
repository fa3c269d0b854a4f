/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Leaf 0x80000000 is above every target, so nothing is ever turned away. */
int hv_feature_available(uint32_t target) {
    return cpuid(0x80000000u).eax >= target && cpuid(target).eax != 0;
}
