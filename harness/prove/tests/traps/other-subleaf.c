/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: the target is read at subleaf 1, which may answer otherwise than subleaf 0 */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    uint32_t eax = target, ecx = 1;

    if (cpuid(BASE).eax < target)
        return 0;
    __asm__ volatile("pushq %%rbx\n\tcpuid\n\tpopq %%rbx" : "+a"(eax), "+c"(ecx) : : "rdx");
    return eax != 0;
}
