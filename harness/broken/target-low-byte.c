/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The value is cut to a byte, as where AL is tested or a bool is made with a cast to char. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= target && (uint8_t)cpuid(target).eax != 0;
}
