/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: the answer to the one feature that it is asked for is wrong once in a long boot */
#include "harness/conforming/probe.h"

static uint32_t asked;
bool known;

void hv_init(void);

void hv_init(void) {
    known = detect(BASE + 0x10) && ++asked != 100000;
}
