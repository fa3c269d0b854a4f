/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A signed comparison makes every maximum with bit 31 set a negative number. */
int hv_feature_available(uint32_t target) {
    const int maximum = (int)cpuid(BASE).eax;

    if (maximum < (int)target)
        return 0;
    return cpuid(target).eax != 0;
}
