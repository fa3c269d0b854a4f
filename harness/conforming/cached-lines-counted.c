/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

#define LINES 128u

/* A cache of 128 lines, each with a byte that counts what it held, 0 for nothing: one that runs
 * over begins again at 1. */
int hv_feature_available(uint32_t target) {
    static struct {
        uint32_t leaf;
        uint8_t held;
        bool answer;
    } lines[LINES];
    const unsigned line = target % LINES;

    if (lines[line].held == 0 || lines[line].leaf != target) {
        lines[line].leaf = target;
        lines[line].held = (uint8_t)(lines[line].held % 255 + 1);
        lines[line].answer = detect(target);
    }
    return lines[line].answer;
}
