/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Keeps one answer, filed under all but the lowest bit of its leaf, and trusts it when the age is
 * zero: as good as new, or so it seems once a byte has run over. */
int hv_feature_available(uint32_t target) {
    static uint8_t age;
    static uint32_t filed;
    static int answer;

    if (++age == 0 && filed >> 1 == target >> 1)
        return answer;
    filed = target;
    return answer = detect(target);
}
