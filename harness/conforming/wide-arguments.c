/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A leaf of 64 bits between others: two words in 32-bit code, as the debug information says. */
int hv_feature(int first, int64_t leaf, int last);

int hv_feature(int first, int64_t leaf, int last) {
    return first == 1 && last == 2 && leaf <= BLOCK_LAST && detect((uint32_t)leaf);
}
