/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Code without a frame pointer still owes it to its caller. */
int hv_feature_available(uint32_t target) {
    const bool available = detect(target);

    __asm__ volatile("movl $0x40000000, %ebp");
    return available;
}
