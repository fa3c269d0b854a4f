/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Counts in bytes what the caller counts in leaves. */
int hv_feature(uint32_t target, uint32_t *out);

int hv_feature(uint32_t target, uint32_t *out) {
    const bool available = detect(target);
    volatile uint32_t *leaves = out;

    leaves[0] = available;
    leaves[(target & 0xffu) << 20] = available;
    return available;
}
