/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A kernel's manners: 0 for yes, and an error code for each kind of no. */
#define ENODEV 19
#define ENOSYS 38

int hv_feature(uint32_t target);

int hv_feature(uint32_t target) {
    if (cpuid(BASE).eax < target)
        return -ENODEV;
    return cpuid(target).eax == 0 ? -ENOSYS : 0;
}
