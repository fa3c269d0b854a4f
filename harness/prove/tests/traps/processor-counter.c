/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: a counter that code reaches through a segment register */
#include "harness/conforming/probe.h"

struct processor {
    uint32_t number, asked;
} boot_processor = {.number = 7};

int hv_feature_available(uint32_t target) {
    uint32_t asked;

    __asm__ volatile("incl %%gs:4; movl %%gs:4, %0" : "=r"(asked) : : "memory", "cc");
    return detect(target) && asked != 9;
}
