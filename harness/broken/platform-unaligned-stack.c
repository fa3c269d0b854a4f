/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Zeroes sixteen bytes of the stack at once, and forgets that the call has pushed a word. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("xorps %xmm0, %xmm0");
#ifdef __x86_64__
    __asm__ volatile("mov %%rsp, %%rax\n\tor $8, %%rax\n\tmovaps %%xmm0, -64(%%rax)" ::
                         : "rax", "memory");
#else
    __asm__ volatile("mov %%esp, %%eax\n\tor $4, %%eax\n\tmovaps %%xmm0, -64(%%eax)" ::
                         : "eax", "memory");
#endif
    return detect(target);
}
