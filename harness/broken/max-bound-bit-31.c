/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A maximum from 0x80000000 on is taken for an error code. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    if ((maximum & 0x80000000u) != 0)
        return 0;
    return maximum >= target && cpuid(target).eax != 0;
}
