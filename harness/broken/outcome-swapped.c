/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Both mean "do not use it", but the names are exchanged. */
enum outcome { AVAILABLE, NOT_AVAILABLE, NOT_IMPLEMENTED };

enum outcome hv_feature(uint32_t target);

enum outcome hv_feature(uint32_t target) {
    if (cpuid(BASE).eax < target)
        return NOT_IMPLEMENTED;
    return cpuid(target).eax == 0 ? NOT_AVAILABLE : AVAILABLE;
}
