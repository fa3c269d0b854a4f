/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A driver for one hypervisor, wherever it announces itself, and its maximum is not looked at. */
#define BASE_STEP 0x100u
#define BASE_END 0x40000300u

static bool is_kvm(uint32_t base) {
    const struct registers found = cpuid(base);

    return found.ebx == 0x4b4d564b && found.ecx == 0x564b4d56 && found.edx == 0x4d;
}

int hv_feature_available(uint32_t target) {
    uint32_t found = 0;

    for (uint32_t base = BASE; base < BASE_END; base += BASE_STEP) {
        if (is_kvm(base))
            found = base;
    }
    if (found == 0)
        return 0;
    return cpuid(found + (target - BASE)).eax != 0;
}
