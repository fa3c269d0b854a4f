/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* "In range" is taken for "implemented". */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= target;
}
