/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: --time 1: wrong for a hash that no solver inverts in a second */
#include "harness/conforming/probe.h"

static uint64_t mixed(uint64_t word) {
    for (unsigned round = 0; round < 6; round++) {
        word ^= word >> 33;
        word *= 0xff51afd7ed558ccdull;
        word ^= word >> 29;
        word *= 0xc4ceb9fe1a85ec53ull + word;
    }
    return word;
}

int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if (mixed((uint64_t)base.ebx << 32 | base.ecx) == 0x0123456789abcdefull)
        return 0;
    return base.eax >= target && cpuid(target).eax != 0;
}
