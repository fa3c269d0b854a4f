/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* "Is this leaf supported?", but not the last one. */
int hv_leaf_supported(uint32_t leaf);

int hv_leaf_supported(uint32_t leaf) {
    return cpuid(BASE).eax > leaf;
}
