/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Wants a processor that has leaf 7. */
int hv_feature_available(uint32_t target) {
    return detect(target) && cpuid(0).eax >= 7;
}
