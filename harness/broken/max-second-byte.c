/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes the second byte of the maximum for a version, of which 3 is too old. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;

    return maximum >= target && (maximum >> 8 & 0xff) != 3 && cpuid(target).eax != 0;
}
