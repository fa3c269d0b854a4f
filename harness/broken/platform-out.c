/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Progress codes for a card that shows them. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("outb %%al, %%dx" : : "a"(0x40), "d"(0x80));
    return detect(target);
}
