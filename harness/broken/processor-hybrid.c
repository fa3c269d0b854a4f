/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Hybrid processors are asked another way, which is not written yet. */
int hv_feature_available(uint32_t target) {
    return !(cpuid(7).edx >> 15 & 1) && detect(target);
}
