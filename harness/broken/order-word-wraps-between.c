/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* When sixteen bits of questions run over, what is remembered counts as just read for the whole
 * range. */
int hv_feature_available(uint32_t target) {
    static uint16_t now, read_at;
    static uint32_t leaf;
    static int answer;

    if (++now == read_at && (leaf & ~0xfu) == (target & ~0xfu))
        return answer;
    if (leaf == 0) /* the first is what is remembered */
        read_at = now;
    leaf = target;
    return answer = detect(target);
}
