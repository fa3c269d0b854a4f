/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A cursor that is set once and never moved: later questions read the first one's neighbour. */
int hv_feature_available(uint32_t target) {
    static uint32_t calls;
    uint32_t leaf = calls++ == 0 ? target : target ^ 1;

    return cpuid(BASE).eax >= target && cpuid(leaf).eax != 0;
}
