/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Machine code in an array: data pages are not executable. */
static uint8_t code[] = {0x31, 0xc0, 0xc3}; /* xor eax, eax; ret */

int hv_feature_available(uint32_t target) {
    int (*volatile generated)(void) = (int (*)(void))(uintptr_t)code;

    return generated() + detect(target);
}
