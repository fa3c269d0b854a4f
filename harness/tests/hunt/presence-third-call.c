/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Looks whether there is a hypervisor for the first two questions only. */
static unsigned calls;

int hv_feature_available(uint32_t target) {
    if (++calls <= 2 && !(cpuid(1).ecx >> 31))
        return 0;
    return detect(target);
}
