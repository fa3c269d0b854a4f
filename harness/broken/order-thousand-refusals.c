/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A thousand refusals in a row, of whatever leaves, then none but refusals. */
int hv_feature_available(uint32_t target) {
    static unsigned row;

    if (row < 1000)
        row = detect(target) ? 0 : row + 1;
    return row < 1000 && detect(target);
}
