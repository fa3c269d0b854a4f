/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proven: a local variable written by way of an address that lies in data, and read where it is */
#include "harness/conforming/probe.h"

static volatile uint32_t *volatile place;

int hv_feature_available(uint32_t target) {
    volatile uint32_t local = 0;

    place = &local;
    *place = cpuid(BASE).eax;
    return local >= target && cpuid(target).eax != 0;
}
