/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Looks ahead of everything else whether the processor has leaf 1, as code does that runs on old ones,
 * then whether leaf 1 announces a hypervisor. */
int hv_feature_available(uint32_t target) {
    if (cpuid(0).eax < 1 || !(cpuid(1).ecx >> 31))
        return 0;
    return detect(target);
}
