/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: it divides by what may be 0 */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    volatile uint32_t quotient = 1000 / (base.edx ^ 0xdeadbeef);

    (void)quotient;
    return base.eax >= target && cpuid(target).eax != 0;
}
