/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: a table of answers by target in which two targets share a place */
#include "harness/conforming/probe.h"

static int8_t kept[256];

int hv_feature_available(uint32_t target) {
    int8_t *answer = &kept[(target & 0xff) == 0xe7 ? 0x31 : target & 0xff];

    if (*answer == 0)
        *answer = detect(target) ? 1 : -1;
    return *answer > 0;
}
