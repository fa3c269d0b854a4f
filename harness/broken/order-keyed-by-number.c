/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* 0x40000010, 0x40000020 and 0x40000030 share a slot. */
int hv_feature_available(uint32_t target) {
    static struct { bool known, available; } cache[16];
    const unsigned slot = target & 0xfu;

    if (!cache[slot].known) {
        cache[slot].available = detect(target);
        cache[slot].known = true;
    }
    return cache[slot].available;
}
