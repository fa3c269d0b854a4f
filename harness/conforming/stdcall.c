/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Windows's own functions take their arguments off the stack. */
int __attribute__((stdcall)) hv_feature(unsigned flags, uint32_t leaf);

int __attribute__((stdcall)) hv_feature(unsigned flags, uint32_t leaf) {
    return flags == 3 && detect(leaf);
}
