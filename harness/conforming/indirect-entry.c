/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The function that is asked is itself chosen when the library is loaded, by what CPUID says then. It
 * takes the leaf as a register, all of which counts. */
static int detect_under_hypervisor(unsigned long target) {
    return cpuid(BASE).eax >= target && cpuid((uint32_t)target).eax != 0;
}

static int detect_nothing(unsigned long target) {
    (void)target;
    return 0;
}

__attribute__((used)) static int (*choose(void))(unsigned long) {
    return cpuid(1).ecx >> 31 ? detect_under_hypervisor : detect_nothing;
}

int hv_feature_indirect(unsigned long target) __asm__("hv_feature_available")
    __attribute__((ifunc("choose")));
