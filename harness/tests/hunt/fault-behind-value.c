/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A value that is used as an address. */
int hv_feature_available(uint32_t target) {
    bool found = detect(target);
    struct registers leaf = cpuid(0x40000006u);

    if (leaf.ebx == 0x600dbeefu)
        return *(volatile int *)(uintptr_t)leaf.ebx;
    return found;
}
