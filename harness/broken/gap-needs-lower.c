/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A feature is believed only when its neighbour is there. */
int hv_feature_available(uint32_t target) {
    if (cpuid(BASE).eax < target)
        return 0;
    return cpuid(target).eax != 0 && cpuid(target - 1).eax != 0;
}
