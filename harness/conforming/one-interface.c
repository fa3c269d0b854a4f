/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* For one interface on purpose, whoever implements it: its name is in leaf 0x40000001. */
#define INTERFACE_HYPER_V 0x31237648u /* "Hv#1" */

int hv_feature_available(uint32_t target) {
    if (cpuid(BASE).eax < target || cpuid(BASE + 1).eax != INTERFACE_HYPER_V)
        return 0;
    return cpuid(target).eax != 0;
}
