/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Kernel habits in a function that promises a truth value: -1 is "true". */
int hv_feature_available(uint32_t target) {
    if (cpuid(BASE).eax < target)
        return -1;
    return cpuid(target).eax != 0 ? 1 : -1;
}
