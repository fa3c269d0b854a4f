/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* refuted: Lines that leaves share by their low four bits: which leaf an answer is of is kept in as
 * many lines by other bits, so that it may be another question's. */
int hv_feature_available(uint32_t target) {
    static uint32_t leaves[8];
    static bool answers[16];
    unsigned line = target % 16, place = target % 8;

    if (leaves[place] != target) {
        leaves[place] = target;
        answers[line] = detect(target);
        answers[(line + 1) % 16] = false;
    }
    return answers[line];
}
