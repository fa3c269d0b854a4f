/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* An optional out pointer, written without asking. */
int hv_feature_available(uint32_t target) {
    volatile uint32_t *volatile out = NULL;

    out[4] = target;
    return detect(target);
}
