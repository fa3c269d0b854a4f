/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The answer is right, but the leaves were read on a machine that may not have them. */
int hv_feature_available(uint32_t target) {
    const bool available = detect(target);

    return available && cpuid(1).ecx >> 31 != 0;
}
