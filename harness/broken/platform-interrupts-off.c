/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A kernel's function that turns interrupts off and forgets to turn them on again. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("cli");
    return detect(target);
}
