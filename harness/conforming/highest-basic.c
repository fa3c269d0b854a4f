/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Looks first whether the base only repeats the highest basic leaf, as it does without a hypervisor,
 * and notes it for people to read. */
uint32_t hv_looks_bare;

int hv_feature_available(uint32_t target) {
    const struct registers highest = cpuid(cpuid(0).eax), base = cpuid(BASE);

    hv_looks_bare = highest.eax == base.eax && highest.ebx == base.ebx && highest.edx == base.edx;
    return base.eax >= target && cpuid(target).eax != 0;
}
