/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Looks for the parent of a leaf, and every leaf has one. */
static int __attribute__((noinline)) descend(uint32_t leaf, uint32_t depth) {
    volatile uint32_t frame[64];

    frame[depth % 64] = leaf;
    if (leaf == 0)
        return 0;
    return descend(leaf, depth + 1) + (int)frame[depth % 64];
}

int hv_feature_available(uint32_t target) {
    return descend(target, 0) != 0 && detect(target);
}
