/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* An indirect function: what the resolver chooses compares as signed numbers. */
static int detect_signed(uint32_t target) {
    return (int32_t)cpuid(BASE).eax >= (int32_t)target && cpuid(target).eax != 0;
}

__attribute__((used)) static int (*choose(void))(uint32_t) {
    return detect_signed;
}

int hv_feature_available(uint32_t target) __attribute__((ifunc("choose")));
