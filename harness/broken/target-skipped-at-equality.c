/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A maximum that equals the leaf is taken for proof that it is there. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    if (maximum == target)
        return 1;
    return maximum > target && cpuid(target).eax != 0;
}
