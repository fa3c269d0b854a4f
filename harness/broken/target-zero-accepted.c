/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Reads the leaf and takes whatever it holds. */
int hv_feature_available(uint32_t target) {
    if (cpuid(BASE).eax < target)
        return 0;
    (void)cpuid(target);
    return 1;
}
