/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The operands are swapped. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax <= target && cpuid(target).eax != 0;
}
