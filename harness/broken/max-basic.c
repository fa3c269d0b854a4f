/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* What the compilers' __get_cpuid does: the maximum of leaf 0 refuses every hypervisor leaf. */
int hv_feature_available(uint32_t target) {
    if (cpuid(target & 0x80000000u).eax < target)
        return 0;
    return cpuid(target).eax != 0;
}
