/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Checks the block by its bits, as code does that indexes a table of 256 by the low byte. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    return (maximum & ~0xffu) == BASE && maximum >= target && cpuid(target).eax != 0;
}
