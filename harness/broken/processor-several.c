/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

#define AVX512F (1u << 16) /* leaf 7, EBX */
#define VNNI (1u << 11)    /* leaf 7, ECX */
#define WORDS 64u

/* Sums up its work with vectors where the processor has both kinds of them, and has no other way.
 */
static bool has_vectors(void) {
    const struct registers features = cpuid(7);

    return cpuid(0).eax >= 7 && (features.ebx & AVX512F) != 0 && (features.ecx & VNNI) != 0;
}

int hv_feature_available(uint32_t target) {
    volatile uint32_t work[WORDS];
    uint32_t i;

    for (i = 0; i < WORDS; i++)
        work[i] = target ^ i;
    if (!has_vectors() || cpuid(BASE).eax < (work[WORDS - 1] ^ (WORDS - 1)))
        return 0;
    return cpuid(target).eax != 0;
}
