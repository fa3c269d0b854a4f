/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Keeps the feature's number and replaces its range by the first vendor's. */
int hv_feature_available(uint32_t target) {
    uint32_t leaf = target;

    if (leaf >= BASE + 0x20)
        leaf = (BASE + 0x10) | (target & 0xfu);
    return cpuid(BASE).eax >= target && cpuid(leaf).eax != 0;
}
