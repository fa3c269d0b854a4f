/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The mail sets no upper bound. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    if (maximum < target || maximum > BLOCK_LAST)
        return 0;
    return cpuid(target).eax != 0;
}
