/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Notes what it read in a large buffer on the stack, as a dump of all leaves does. */
#define EACH 200u /* numbers for each leaf */

int hv_feature_available(uint32_t target) {
    volatile uint32_t noted[(BLOCK_LAST - BASE + 1) * EACH]; /* 200 KiB */
    uint32_t at = (target - BASE) * EACH;

    noted[0] = cpuid(BASE).eax;
    if (target > BLOCK_LAST || noted[0] < target)
        return 0;
    noted[at] = cpuid(target).eax;
    return noted[at] != 0;
}
