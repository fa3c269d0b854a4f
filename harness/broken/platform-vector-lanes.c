/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Sets two words of a vector register and compares all four: the other two are the caller's. */
int hv_feature_available(uint32_t target) {
    const uint32_t max = cpuid(BASE).eax;
    uint32_t pair[2] = {max, max}, mask;

    __asm__ volatile("xorps %%xmm6, %%xmm6\n\t"
                     "movlps %1, %%xmm6\n\t"
                     "movlps %1, %%xmm7\n\t"
                     "pcmpeqd %%xmm6, %%xmm7\n\t"
                     "pmovmskb %%xmm7, %0"
                     : "=r"(mask)
                     : "m"(pair));
    return mask == 0xffff && max >= target && cpuid(target).eax != 0;
}
