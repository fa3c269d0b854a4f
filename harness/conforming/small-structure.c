/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Returned in a register, which holds both members. */
struct feature {
    uint32_t available, eax;
};

struct feature hv_feature(uint32_t target);

struct feature hv_feature(uint32_t target) {
    struct feature feature = {0, 0};

    if (detect(target)) {
        feature.available = 1;
        feature.eax = cpuid(target).eax;
    }
    return feature;
}
