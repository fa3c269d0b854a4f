/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Has two error codes and uses one. */
#define NODEV 19
#define NOSYS 38

int hv_feature(uint32_t target);

int hv_feature(uint32_t target) {
    if (cpuid(BASE).eax < target)
        return -NODEV;
    return cpuid(target).eax == 0 ? -NODEV : 0;
}
