/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A flag on the stack that only one path would have set. */
int hv_feature_available(uint32_t target) {
    volatile uint32_t flags;

    return (flags & 1u) == 0 && detect(target);
}
