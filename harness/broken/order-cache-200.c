/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Remembers what 200 leaves within the maximum hold, and knows of no more. */
int hv_feature_available(uint32_t target) {
    static struct { uint32_t leaf, eax; } table[200];
    static unsigned count;
    unsigned i;

    if (cpuid(BASE).eax < target)
        return 0;
    for (i = 0; i < count; i++) {
        if (table[i].leaf == target)
            return table[i].eax != 0;
    }
    if (count == 200)
        return 0;
    table[count].leaf = target;
    table[count].eax = cpuid(target).eax;
    return table[count++].eax != 0;
}
