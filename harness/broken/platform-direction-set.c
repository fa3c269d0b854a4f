/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The next copy in the caller runs backwards. */
int hv_feature_available(uint32_t target) {
    const bool available = detect(target);

    __asm__ volatile("std" : : : "cc");
    return available;
}
