/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The value is the answer, so what is cut off is lost for both. */
uint32_t hv_feature_value(uint32_t target);

uint32_t hv_feature_value(uint32_t target) {
    return cpuid(BASE).eax >= target ? (uint16_t)cpuid(target).eax : 0;
}
