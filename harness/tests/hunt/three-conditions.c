/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Three values in a row. */
int hv_feature_available(uint32_t target) {
    bool found = detect(target);

    if (cpuid(BASE).ecx == 0x20c0ffeeu && cpuid(0x40000003u).eax == 0x31415926u &&
        cpuid(target).edx == 0x27182818u)
        return 1;
    return found;
}
