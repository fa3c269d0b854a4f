/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Distrusts a leaf where another interface announces itself: which of them answers? */
int hv_feature_available(uint32_t target) {
    const uint32_t other = BASE + 0x100u;
    uint32_t last;

    if (cpuid(BASE).eax < target || cpuid(target).eax == 0)
        return 0;
    last = cpuid(other).eax;
    return last < other || last > other + 0xffu;
}
