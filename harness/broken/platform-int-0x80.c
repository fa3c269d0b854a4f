/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Asks an operating system that may not be there. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("int $0x80" : : "a"(20) : "memory");
    return detect(target);
}
