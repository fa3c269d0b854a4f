/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The caller's "unknown" is left in place where the leaf has all bits set but one. */
void hv_get(uint32_t target, uint32_t *value);

void hv_get(uint32_t target, uint32_t *value) {
    uint32_t eax;

    if (cpuid(BASE).eax < target)
        return;
    eax = cpuid(target).eax;
    if (eax != 0 && eax != 0xfffffffe)
        *value = eax;
}
