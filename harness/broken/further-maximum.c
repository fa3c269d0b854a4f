/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Looks at three bases, and the last one's number of leaves counts for the first one's. */
int hv_feature_available(uint32_t target) {
    uint32_t maximum = 0;

    for (uint32_t base = BASE; base <= BASE + 0x200u; base += 0x100u) {
        const uint32_t last = cpuid(base).eax;

        if (last >= base)
            maximum = last - (base - BASE);
    }
    return maximum >= target && cpuid(target).eax != 0;
}
