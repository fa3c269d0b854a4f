/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* An allowance of 2,000 questions. */
int hv_feature_available(uint32_t target) {
    static unsigned allowance = 2000;

    if (allowance == 0)
        return 0;
    allowance--;
    return detect(target);
}
