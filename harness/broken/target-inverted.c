/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* As if the leaf held an error code, zero meaning success. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= target && cpuid(target).eax == 0;
}
