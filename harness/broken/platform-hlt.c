/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Waits for an interrupt in the middle of a question. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("hlt");
    return detect(target);
}
