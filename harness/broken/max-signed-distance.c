/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The number of leaves is signed: a maximum from 0xc0000000 on seems to lie below the base. */
int hv_feature_available(uint32_t target) {
    const int32_t leaves = (int32_t)(cpuid(BASE).eax - BASE);

    return leaves >= (int32_t)(target - BASE) && cpuid(target).eax != 0;
}
