/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

#define LINES 16u
#define KEPT_FOR 200u /* questions */

/* A cache of sixteen lines, thrown away as a whole every 200 questions by the number of a
 * generation in a byte; when that runs over, every line is cleared, since an old one may bear any
 * number. */
int hv_feature_available(uint32_t target) {
    static struct {
        uint32_t leaf;
        uint8_t generation;
        bool answer;
    } lines[LINES];
    static uint8_t generation = 1, questions;
    unsigned line = target % LINES;

    if (++questions == KEPT_FOR) {
        questions = 0;
        if (++generation == 0) {
            for (unsigned i = 0; i < LINES; i++)
                lines[i].generation = 0;
            generation = 1;
        }
    }
    if (lines[line].generation != generation || lines[line].leaf != target) {
        lines[line].leaf = target;
        lines[line].answer = detect(target);
        lines[line].generation = generation;
    }
    return lines[line].answer;
}
