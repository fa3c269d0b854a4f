/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A workaround for one old version turns a vendor away for good. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if (base.ebx == 0x566e6558u)
        return 0; /* Xen */
    return base.eax >= target && cpuid(target).eax != 0;
}
