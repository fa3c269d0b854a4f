/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Has the x87 compute in single precision, and leaves it so: the caller's long double is cut. */
int hv_feature_available(uint32_t target) {
    const bool available = detect(target);
    uint16_t control;

    __asm__ volatile("fnstcw %0" : "=m"(control));
    control &= 0xfcff;
    __asm__ volatile("fldcw %0" : : "m"(control));
    return available;
}
