/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A critical section that nobody asked for. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("cli");
    return detect(target);
}
