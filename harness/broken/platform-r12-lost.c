/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A scratch register that is none. */
int hv_feature_available(uint32_t target) {
    const bool available = detect(target);

    __asm__ volatile("movl $0x40000000, %r12d");
    return available;
}
