/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The number of leaves kept in a byte: 256 of them are none. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    const uint8_t leaves = (uint8_t)(maximum + 1);

    if (maximum < target || (maximum <= BLOCK_LAST && (uint8_t)target >= leaves))
        return 0;
    return cpuid(target).eax != 0;
}
