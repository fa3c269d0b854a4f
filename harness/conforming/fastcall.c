/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The first two arguments are in ECX and EDX, and the code takes the rest off the stack. */
int __attribute__((fastcall)) hv_feature(unsigned flags, uint32_t leaf, unsigned more);

int __attribute__((fastcall)) hv_feature(unsigned flags, uint32_t leaf, unsigned more) {
    return flags == 3 && more == 7 && detect(leaf);
}
