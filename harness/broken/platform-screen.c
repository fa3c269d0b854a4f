/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A letter in the corner of a text screen that may not be there. */
int hv_feature_available(uint32_t target) {
    volatile uint16_t *volatile screen = (volatile uint16_t *)(uintptr_t)0xb8000u;

    *screen = 0x0748u; /* grey 'H' */
    return detect(target);
}
