/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Tests AX instead of EAX. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= target && (uint16_t)cpuid(target).eax != 0;
}
