/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A short cut to the signature is still the signature. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    return base.edx == 'M' && base.eax >= target && cpuid(target).eax != 0;
}
