/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* unproven: --time 8: A walk down from the maximum that is right but for one target and one of 259
 * maxima, the cases that its proof is taken apart into. */
int hv_feature_available(uint32_t target) {
    uint32_t leaf = cpuid(BASE).eax;
    int available = 0, is_that = leaf == 0x400000a3u;

    if (leaf > BLOCK_LAST)
        leaf = BLOCK_LAST;
    for (; leaf > BASE; leaf--) {
        if (cpuid(leaf).eax != 0 && leaf == target && !(is_that && target == 0x40000051u))
            available = 1;
    }
    return available;
}
