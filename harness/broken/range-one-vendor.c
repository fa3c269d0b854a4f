/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Knows 0x4000001X and nothing else. */
int hv_feature_available(uint32_t target) {
    return (target & ~0xfu) == BASE + 0x10 && detect(target);
}
