/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Clears FS, and with it where it begins: the caller's thread pointer. */
int hv_feature_available(uint32_t target) {
    const bool available = detect(target);

    __asm__ volatile("movw %w0, %%fs" : : "r"(0));
    return available;
}
