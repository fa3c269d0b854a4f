/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* unproven: --time 8: A cache of sixteen lines that leaves share by their low four bits, thrown
 * away by the number of a generation; late in one of these, a line's answer is taken for any leaf
 * that shares it. */
int hv_feature_available(uint32_t target) {
    static struct {
        uint32_t leaf;
        uint8_t generation;
        bool answer;
    } lines[16];
    static uint8_t generation = 1, questions;
    unsigned line = target % 16;
    bool is_late;

    if (++questions == 200) {
        questions = 0;
        if (++generation == 0) {
            for (unsigned i = 0; i < 16; i++)
                lines[i].generation = 0;
            generation = 1;
        }
    }
    is_late = generation == 77 && questions == 150;
    if (lines[line].generation != generation || (lines[line].leaf != target && !is_late)) {
        lines[line].leaf = target;
        lines[line].answer = detect(target);
        lines[line].generation = generation;
    }
    return lines[line].answer;
}
