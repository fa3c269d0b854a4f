/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* "Already reported" is not "absent". */
int hv_feature_available(uint32_t target) {
    static bool reported;

    if (reported)
        return 0;
    reported = detect(target);
    return reported;
}
