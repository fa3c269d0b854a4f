/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Step 1 alone: what the leaf itself says is left to the caller. */
int hv_leaf_supported(uint32_t leaf);

int hv_leaf_supported(uint32_t leaf) {
    return cpuid(BASE).eax >= leaf;
}
