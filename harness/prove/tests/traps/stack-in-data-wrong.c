/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: the same, overwritten by way of that address */
#include "harness/conforming/probe.h"

static volatile uint32_t *volatile place;

int hv_feature_available(uint32_t target) {
    volatile uint32_t local = cpuid(BASE).eax;

    place = &local;
    *place = UINT32_MAX;
    return local >= target && cpuid(target).eax != 0;
}
