/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* An out parameter is written as soon as the maximum reaches: with zero where the leaf has none. */
void hv_get(uint32_t target, uint32_t *value);

void hv_get(uint32_t target, uint32_t *value) {
    if (cpuid(BASE).eax >= target)
        *value = cpuid(target).eax;
}
