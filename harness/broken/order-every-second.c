/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A state machine that toggles with every call. */
int hv_feature_available(uint32_t target) {
    static unsigned calls;

    return (calls++ & 1u) == 0 && detect(target);
}
