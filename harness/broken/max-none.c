/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Step 2 without step 1. */
int hv_feature_available(uint32_t target) {
    return cpuid(target).eax != 0;
}
