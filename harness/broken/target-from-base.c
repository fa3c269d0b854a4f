/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Reads the base twice: the leaf's variable was never changed. */
int hv_feature_available(uint32_t target) {
    const uint32_t leaf = BASE;

    return cpuid(leaf).eax >= target && cpuid(leaf).eax != 0;
}
