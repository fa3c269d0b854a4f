/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Both leaves are read ahead of the decision, which is right: only the second read is one too many
 * where the maximum is below it. */
int hv_feature_available(uint32_t target) {
    const uint32_t max = cpuid(BASE).eax, value = cpuid(target).eax;

    return max >= target && value != 0;
}
