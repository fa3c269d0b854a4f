/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* For one vendor on purpose: whoever it is must have the leaf, so its EAX is not looked at. */
static bool is_kvm(struct registers base) {
    return base.ebx == 0x4b4d564b && base.ecx == 0x564b4d56 && base.edx == 0x4d;
}

int hv_feature_available(uint32_t target) {
    struct registers base = cpuid(BASE);

    if (!is_kvm(base) || base.eax < target)
        return 0;
    cpuid(target);
    return 1;
}
