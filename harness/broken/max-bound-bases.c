/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Where scans for further bases end is no bound on the maximum. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    return maximum >= target && maximum <= 0x40010000u && cpuid(target).eax != 0;
}
