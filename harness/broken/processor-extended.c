/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Wants leaf 0x8000001d, and takes a processor without it for too old. */
int hv_feature_available(uint32_t target) {
    return cpuid(0x80000000u).eax >= 0x8000001du && detect(target);
}
