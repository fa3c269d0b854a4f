/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Reads everything once at start-up and never executes CPUID again. */
static uint32_t features[256]; /* EAX of BASE + index; 0: absent */

void hv_init(void);

void hv_init(void) {
    uint32_t last = cpuid(BASE).eax;
    uint32_t leaf;

    if (last > BLOCK_LAST)
        last = BLOCK_LAST;
    for (leaf = BASE + 1; leaf <= last; leaf++)
        features[leaf - BASE] = cpuid(leaf).eax;
}

int hv_feature_available(uint32_t target) {
    return features[target - BASE] != 0;
}
