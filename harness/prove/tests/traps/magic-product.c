/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted, and found: a product of two registers that no draw meets */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if (base.ebx * base.ecx == 0x12345679u)
        return 0;
    return base.eax >= target && cpuid(target).eax != 0;
}
