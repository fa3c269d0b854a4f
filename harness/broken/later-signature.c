/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* From the second question on, reads one vendor's first leaf as well. */
int hv_feature_available(uint32_t target) {
    static unsigned calls;
    struct registers base = cpuid(BASE);
    unsigned before = calls++;
    uint32_t value;

    if (base.eax < target)
        return 0;
    value = cpuid(target).eax;
    if (before > 0 && base.ebx == 0x4b4d564b) /* "KVMK" */
        cpuid(BASE + 1);
    return value != 0;
}
