/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Says on the screen what it does, as boot code can, if it finds it blank. */
int hv_feature_available(uint32_t target) {
    volatile uint16_t *const screen = (volatile uint16_t *)0xb8000;
    int available;

    screen[0] = 0x0700 | '?';
    available = screen[1] == (0x0700 | ' ') && detect(target);
    screen[0] = (uint16_t)(0x0700 | (available ? 'y' : 'n'));
    return available;
}
