/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* From 0x40000080 on the index is negative. */
int hv_feature_available(uint32_t target) {
    const int8_t index = (int8_t)(target & 0xffu);

    return index > 0 && detect(target);
}
