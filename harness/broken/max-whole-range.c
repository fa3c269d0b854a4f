/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Wants the maximum to cover the vendor's whole range, though the target is all that it uses. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= (target | 0xfu) && cpuid(target).eax != 0;
}
