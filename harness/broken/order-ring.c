/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A ring of twelve: the oldest entry gets the new answer and keeps its own leaf. */
int hv_feature_available(uint32_t target) {
    static struct {
        uint32_t leaf;
        int answer;
    } ring[12];
    static unsigned next;
    unsigned i;

    for (i = 0; i < 12; i++) {
        if (ring[i].leaf == target)
            return ring[i].answer;
    }
    i = next++ % 12;
    if (ring[i].leaf == 0)
        ring[i].leaf = target;
    ring[i].answer = detect(target);
    return ring[i].answer;
}
