/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Has the x87 cut numbers off, for a conversion, and never puts its rounding back. */
int hv_feature_available(uint32_t target) {
    const bool available = detect(target);
    uint16_t control;

    __asm__ volatile("fnstcw %0" : "=m"(control));
    control |= 0xc00;
    __asm__ volatile("fldcw %0" : : "m"(control));
    return available;
}
