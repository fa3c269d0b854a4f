/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Loads ES with nothing, after a copy, instead of with what was there. */
int hv_feature_available(uint32_t target) {
    const bool available = detect(target);

    __asm__ volatile("movw %w0, %%es" : : "r"(3));
    return available;
}
