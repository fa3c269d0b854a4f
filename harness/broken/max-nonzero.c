/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes the maximum for a flag. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax != 0 && cpuid(target).eax != 0;
}
