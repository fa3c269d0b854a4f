/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* When the whole block is in range, the counter wraps before the loop can end. */
int hv_feature_available(uint32_t target) {
    uint32_t maximum = cpuid(BASE).eax;
    int available = 0;
    uint8_t number;

    if (maximum <= BASE)
        return 0;
    if (maximum > BLOCK_LAST)
        maximum = BLOCK_LAST;
    for (number = 1; number <= maximum - BASE; number++) {
        if (cpuid(BASE + number).eax != 0 && BASE + number == target)
            available = 1;
    }
    return available;
}
