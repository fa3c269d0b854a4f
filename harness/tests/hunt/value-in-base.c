/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One value of the signature's last word. */
int hv_feature_available(uint32_t target) {
    struct registers base = cpuid(BASE);

    if (base.edx == 0x7261c0deu)
        return 1;
    return base.eax >= target && cpuid(target).eax != 0;
}
