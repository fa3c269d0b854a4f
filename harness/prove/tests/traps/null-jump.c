/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: one target in sixteen leads to address 0 */
#include "harness/conforming/probe.h"

static int (*const volatile ways[2])(uint32_t) = {0, 0};

int hv_feature_available(uint32_t target) {
    return (target & 15) == 7 ? ways[1](target) : detect(target);
}
