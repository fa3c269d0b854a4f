/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Two leaves far apart share a cell of a cache. */
int hv_feature_available(uint32_t target) {
    static signed char cache[256];
    signed char *cell = &cache[target == 0x4000005a ? 0x47 : target & 0xff];

    if (*cell == 0)
        *cell = detect(target) ? 1 : -1;
    return *cell > 0;
}
