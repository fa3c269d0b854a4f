/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A driver of one vendor's: that the leaf is in range is taken for proof that it holds something. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if (base.ebx != 0x4b4d564bu || base.ecx != 0x564b4d56u || base.edx != 0x0000004du)
        return 0; /* not "KVMKVMKVM" */
    if (base.eax < target)
        return 0;
    (void)cpuid(target);
    return 1;
}
