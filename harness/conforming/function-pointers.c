/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The steps as a table of functions, which a loader has to relocate. */
static bool in_range(uint32_t target) {
    return cpuid(BASE).eax >= target;
}

static bool is_implemented(uint32_t target) {
    return cpuid(target).eax != 0;
}

static bool (*const volatile steps[])(uint32_t) = {in_range, is_implemented};

int hv_feature_available(uint32_t target) {
    size_t i;

    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (!steps[i](target))
            return 0;
    }
    return 1;
}
