/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Reads everything twice and believes what is the same both times. */
int hv_feature_available(uint32_t target) {
    bool before, after;

    do {
        before = detect(target);
        after = detect(target);
    } while (before != after);
    return after;
}
