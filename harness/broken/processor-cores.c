/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Large machines are taken for bare ones. */
int hv_feature_available(uint32_t target) {
    return (cpuid(4).eax >> 26) < 8 && detect(target);
}
