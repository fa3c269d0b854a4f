/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One cache for all features. */
int hv_feature_available(uint32_t target) {
    static int answer = -1;

    if (answer < 0)
        answer = detect(target);
    return answer;
}
