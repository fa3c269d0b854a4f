/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

int hv_feature_value(uint32_t target, uint32_t *value);

/* Keeps a pointer in 32 bits. */
int hv_feature_value(uint32_t target, uint32_t *value) {
    volatile uint32_t kept = (uint32_t)(uintptr_t)value;
    const bool available = detect(target);

    if (available)
        *(uint32_t *)(uintptr_t)kept = cpuid(target).eax;
    return available;
}
