/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes a signature that starts with no letter for noise. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    const uint8_t first = (uint8_t)base.ebx & 0xdfu; /* upper case */

    return first >= 'A' && first <= 'Z' && base.eax >= target && cpuid(target).eax != 0;
}
