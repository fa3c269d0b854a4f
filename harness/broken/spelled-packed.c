/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

static const volatile struct __attribute__((packed)) {
    uint8_t year;
    uint32_t build;
} refused[] = {{21, 0x71e3a5c9u}, {22, 0x0badc1d3u}, {24, 0x5e1ec7edu}};

/* A list of builds that are refused, packed, so that none lies where a word would. */
int hv_feature_available(uint32_t target) {
    const uint32_t maximum = cpuid(BASE).eax;
    struct registers feature;

    if (maximum < target)
        return 0;
    feature = cpuid(target);
    for (unsigned i = 0; i < 3; i++) {
        if (refused[i].build == feature.ebx)
            return 0;
    }
    return feature.eax != 0;
}
