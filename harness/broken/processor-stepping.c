/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One stepping is said to answer CPUID wrongly. */
int hv_feature_available(uint32_t target) {
    return (cpuid(1).eax & 15) != 7 && detect(target);
}
