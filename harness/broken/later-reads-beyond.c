/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* From the second question on, "the maximum is known" stands for "the target is in range". */
int hv_feature_available(uint32_t target) {
    static bool known;
    uint32_t maximum = cpuid(BASE).eax, value = 0;

    if (maximum >= target || known)
        value = cpuid(target).eax;
    known = true;
    return maximum >= target && value != 0;
}
