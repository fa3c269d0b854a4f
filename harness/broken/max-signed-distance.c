/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The distance is signed: from target + 2^31 on, a maximum seems to lie below the target. */
int hv_feature_available(uint32_t target) {
    const int32_t distance = (int32_t)(cpuid(BASE).eax - target);

    return distance >= 0 && cpuid(target).eax != 0;
}
