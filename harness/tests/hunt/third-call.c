/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The third question of a boot is answered without a look. */
int hv_feature_available(uint32_t target) {
    static unsigned calls;

    return ++calls == 3 ? 0 : detect(target);
}
