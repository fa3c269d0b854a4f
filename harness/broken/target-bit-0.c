/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Any bit will do, says the mail. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= target && (cpuid(target).eax & 1u) != 0;
}
