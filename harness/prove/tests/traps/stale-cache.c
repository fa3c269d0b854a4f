/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: a cache whose key leaves a bit of the target out */
#include "harness/conforming/probe.h"

static int8_t kept[128];

int hv_feature_available(uint32_t target) {
    int8_t *answer = &kept[(target & 0xff) >> 1];

    if (*answer == 0)
        *answer = detect(target) ? 1 : -1;
    return *answer > 0;
}
