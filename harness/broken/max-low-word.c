/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Compares AX instead of EAX. */
int hv_feature_available(uint32_t target) {
    const uint16_t maximum = (uint16_t)cpuid(BASE).eax;

    return maximum >= (uint16_t)target && cpuid(target).eax != 0;
}
