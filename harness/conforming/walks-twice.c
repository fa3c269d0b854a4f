/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Reads every leaf in range twice for each question, to see that they hold still, as code does that
 * distrusts its host; what it saw differ is for a log. Sixty-four questions in one boot execute over
 * 32,000 CPUIDs. */
static volatile unsigned unsteady;

int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    const uint32_t last = maximum < BLOCK_LAST ? maximum : BLOCK_LAST;
    uint32_t first_sum = 0, second_sum = 0, leaf, value = 0;

    for (leaf = BASE + 1; leaf <= last; leaf++)
        first_sum = first_sum * 31 + cpuid(leaf).eax;
    for (leaf = BASE + 1; leaf <= last; leaf++) {
        const uint32_t eax = cpuid(leaf).eax;

        second_sum = second_sum * 31 + eax;
        if (leaf == target)
            value = eax;
    }
    if (first_sum != second_sum)
        unsteady++;
    return value != 0;
}
