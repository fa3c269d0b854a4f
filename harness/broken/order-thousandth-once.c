/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The thousandth question is refused, and no other. */
int hv_feature_available(uint32_t target) {
    static unsigned questions;

    return ++questions != 1000 && detect(target);
}
