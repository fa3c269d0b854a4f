/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* ECX is set once and not again, so that the signature's second word is the target's subleaf. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    uint32_t eax = target, ebx, ecx = base.ecx, edx;

    if (base.eax < target)
        return 0;
    __asm__ volatile(SAVE_BX : "+a"(eax), "=&r"(ebx), "+c"(ecx), "=d"(edx));
    return eax != 0;
}
