/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Polls a leaf that will never change. */
int hv_feature_available(uint32_t target) {
    if (cpuid(BASE).eax < target)
        return 0;
    while (cpuid(target).eax == 0)
        __asm__ volatile("pause");
    return 1;
}
