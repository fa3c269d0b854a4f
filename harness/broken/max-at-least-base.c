/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* "There is a hypervisor" is not "the hypervisor has this leaf". */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= BASE && cpuid(target).eax != 0;
}
