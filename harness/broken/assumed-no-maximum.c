/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* For one vendor on purpose, and then the leaf is read whether the hypervisor has it or not. */
static bool is_kvm(struct registers base) {
    return base.ebx == 0x4b4d564b && base.ecx == 0x564b4d56 && base.edx == 0x4d;
}

int hv_feature_available(uint32_t target) {
    if (!is_kvm(cpuid(BASE)))
        return 0;
    return cpuid(target).eax != 0;
}
