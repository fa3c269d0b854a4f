/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* "Is this leaf supported?", with a bound that makes sense of it: a maximum that is far away is
 * taken for junk. */
int hv_leaf_supported(uint32_t leaf);

int hv_leaf_supported(uint32_t leaf) {
    uint32_t max = cpuid(BASE).eax;

    return max >= leaf && max < BASE + 0x10000;
}
