/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

static const uint32_t leaves[] = {BASE, 0};

/* Keeps the address of its own table in 32 bits. */
int hv_feature_available(uint32_t target) {
    volatile uint32_t kept = (uint32_t)(uintptr_t)leaves;
    const uint32_t *table = (const uint32_t *)(uintptr_t)kept;

    return cpuid(table[0]).eax >= target && cpuid(target).eax != 0;
}
