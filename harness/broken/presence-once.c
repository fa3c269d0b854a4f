/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Asks CPUID.1:ECX[31] for the first question only, and forgets what it said. */
int hv_feature_available(uint32_t target) {
    static bool asked;

    if (!asked) {
        asked = true;
        if (cpuid(1).ecx >> 31 == 0)
            return 0;
    }
    return detect(target);
}
