/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: one way out leaves interrupts off */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    uint32_t maximum = cpuid(BASE).eax;

    __asm__ volatile("cli");
    if (maximum >= target && maximum != 0x5a5a1234)
        __asm__ volatile("sti");
    else if (maximum < target)
        __asm__ volatile("sti");
    return maximum >= target && cpuid(target).eax != 0;
}
