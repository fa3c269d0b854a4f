/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A vendor that is refused, eight bytes at a time. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    const uint32_t words[3] = {base.ebx, base.ecx, base.edx};

    if (__builtin_memcmp(words, "QuadVisor 64", sizeof words) == 0)
        return 0;
    return base.eax >= target && cpuid(target).eax != 0;
}
