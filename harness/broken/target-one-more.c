/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A value that is the number of the next leaf is taken for a link to it. */
int hv_feature_available(uint32_t target) {
    uint32_t value;

    if (cpuid(BASE).eax < target)
        return 0;
    value = cpuid(target).eax;
    return value != 0 && value != target + 1;
}
