/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes an array of its own for cleared: where a mark stands in it, the maximum beside it is an
 * earlier call's. */
int hv_feature_available(uint32_t target) {
    volatile uint32_t kept[16];

    if (kept[6] != 0x4d415821) {
        kept[7] = cpuid(BASE).eax;
        kept[6] = 0x4d415821;
    }
    return kept[7] >= target && cpuid(target).eax != 0;
}
