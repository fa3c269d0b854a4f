/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Concludes from one feature that is missing that all above it are. */
int hv_feature_available(uint32_t target) {
    static uint32_t limit = 0xffffffffu;

    if (target > limit)
        return 0;
    if (detect(target))
        return 1;
    limit = target - 1;
    return 0;
}
