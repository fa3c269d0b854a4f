/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Returned through memory: the caller says where, ahead of all arguments. */
struct feature {
    uint32_t available, eax, ebx, ecx, edx, target;
};

struct feature hv_feature(uint32_t target);

struct feature hv_feature(uint32_t target) {
    struct feature feature = {0, 0, 0, 0, 0, target};

    if (detect(target)) {
        feature.available = 1;
        feature.eax = cpuid(target).eax;
    }
    return feature;
}
