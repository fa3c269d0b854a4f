/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A quirk table's row: one version of one build, told by two registers of another leaf, and only where
 * the feature says the same. */
int hv_feature_available(uint32_t target) {
    bool found = detect(target);
    struct registers version;

    if (!found || cpuid(BASE).eax < 0x40000002u)
        return found;
    version = cpuid(0x40000002u);
    return version.eax != 0x00004a61u || version.ebx != 0x000a0000u || cpuid(target).edx != 0x4a61u;
}
