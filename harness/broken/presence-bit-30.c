/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Shifts by one bit too few. */
int hv_feature_available(uint32_t target) {
    return cpuid(1).ecx >> 30 != 0 && detect(target);
}
