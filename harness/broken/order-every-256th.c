/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Every 256th question is refused: a byte comes to zero, and only that once. */
int hv_feature_available(uint32_t target) {
    static unsigned char questions;

    return ++questions != 0 && detect(target);
}
