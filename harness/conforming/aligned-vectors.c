/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

struct block {
    uint32_t words[4];
} __attribute__((aligned(16)));

static struct block kept[3];

static void copy(struct block *to, const struct block *from) {
    __asm__ volatile("movaps %1, %%xmm0\n\tmovaps %%xmm0, %0" : "=m"(*to) : "m"(*from) : "memory");
}

/* Aligned vector moves to and from the stack and its own data, and one that need not be aligned. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    struct block block = {{base.eax, base.ebx, base.ecx, base.edx}}, back[2];
    uint32_t max;

    for (unsigned i = 0; i < 3; i++)
        copy(&kept[i], i > 0 ? &kept[i - 1] : &block);
    copy(&back[0], &kept[2]);
    __asm__ volatile("movups %1, %%xmm0\n\tmovups %%xmm0, %0"
                     : "=m"(*(struct block *)((char *)back + 4))
                     : "m"(*(struct block *)((char *)back + 0))
                     : "memory");
    max = back[0].words[1];
    return max >= target && cpuid(target).eax != 0;
}
