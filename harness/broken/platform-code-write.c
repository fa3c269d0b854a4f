/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Self-modifying: replaces its first byte once it knows the answer. Code pages are read-only. */
int hv_feature_available(uint32_t target) {
    volatile uint8_t *code = (volatile uint8_t *)(uintptr_t)&hv_feature_available;
    const bool available = detect(target);

    *code = 0x90;
    return available;
}
