/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CONFORMING_PROBE_H
#define HVSPEC_HARNESS_CONFORMING_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the probes share: what is right in all of them, so that each file shows its own way of doing
 * it, or its own mistake, and nothing else.
 */
#define BASE 0x40000000u
#define BLOCK_LAST 0x400000ffu

#ifdef __x86_64__
#define SAVE_BX "movq %%rbx, %q1\n\tcpuid\n\txchgq %%rbx, %q1"
#else
#define SAVE_BX "movl %%ebx, %1\n\tcpuid\n\txchgl %%ebx, %1"
#endif

struct registers {
    uint32_t eax, ebx, ecx, edx;
};

static inline struct registers cpuid(uint32_t leaf) {
    struct registers out;

    __asm__ volatile(SAVE_BX
                     : "=a"(out.eax), "=&r"(out.ebx), "=c"(out.ecx), "=d"(out.edx)
                     : "0"(leaf), "2"(0));
    return out;
}

/* The two steps as they should be, for probes whose mistake is elsewhere. */
static inline bool detect(uint32_t target) {
    return cpuid(BASE).eax >= target && cpuid(target).eax != 0;
}

/* The entry of nearly all of them: nonzero when the feature is available. */
#ifdef __cplusplus
extern "C"
#endif
    int
    hv_feature_available(uint32_t target);

#endif
