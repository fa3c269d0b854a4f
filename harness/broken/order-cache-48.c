/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Remembers 48 answers, and takes what finds no place for absent. */
int hv_feature_available(uint32_t target) {
    static struct {
        uint32_t leaf;
        int answer;
    } table[48];
    static unsigned count;
    unsigned i;

    for (i = 0; i < count; i++) {
        if (table[i].leaf == target)
            return table[i].answer;
    }
    if (count == 48)
        return 0;
    table[count].leaf = target;
    table[count].answer = detect(target);
    return table[count++].answer;
}
