/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: a bit of a control register that a system may set or not */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    unsigned long control;

    __asm__ volatile("mov %%cr4, %0" : "=r"(control));
    return detect(target) && !(control & 0x800);
}
