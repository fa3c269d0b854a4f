/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The bits of one word count the questions; the thirty-third finds none left. */
int hv_feature_available(uint32_t target) {
    static unsigned calls;

    return calls++ == 32 ? 0 : detect(target);
}
