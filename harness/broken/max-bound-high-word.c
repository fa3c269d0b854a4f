/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A sanity check that the mail does not know. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    if (maximum >> 16 != 0x4000u)
        return 0;
    return maximum >= target && cpuid(target).eax != 0;
}
