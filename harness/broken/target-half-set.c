/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Only the low half is written, and the zero test looks at both. */
union frequency {
    uint32_t half[2];
    uint64_t whole;
};

int hv_feature_available(uint32_t target) {
    volatile union frequency frequency;

    if (cpuid(BASE).eax < target)
        return 0;
    frequency.half[0] = cpuid(target).eax;
    return frequency.whole != 0;
}
