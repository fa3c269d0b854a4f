/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Only processors that run virtual machines themselves are trusted with one. */
int hv_feature_available(uint32_t target) {
    return (cpuid(1).ecx >> 5 & 1) != 0 && detect(target);
}
