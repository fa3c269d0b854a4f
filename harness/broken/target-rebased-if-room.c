/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Does so only when the maximum leaves room for it. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    if (maximum < target)
        return 0;
    return cpuid(maximum >= target + 0x100u ? target + 0x100u : target).eax != 0;
}
