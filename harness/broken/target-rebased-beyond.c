/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Keeps the number of the feature and asks the next hypervisor interface for it, where there is one
 * (Hyper-V first, KVM or Xen at 0x40000100). */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= target && cpuid(target + 0x100u).eax != 0;
}
