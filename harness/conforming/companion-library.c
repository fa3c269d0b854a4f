/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* An object and a shared library that it is linked with: each uses functions, data and thread-local
 * variables of the other. */
struct companion {
    uint32_t (*maximum)(void);
    const uint32_t *base;
};

extern const struct companion companion;
extern __thread uint32_t companion_reads, companion_last;
extern uint32_t companion_asked;
int companion_asks(uint32_t target);
uint32_t companion_eax(uint32_t leaf);

#ifdef SECOND_MEMBER
__thread uint32_t companion_reads = 5, companion_last;
static __thread volatile uint32_t own = 11;
static const uint32_t base = BASE;

static uint32_t maximum(void) {
    return companion_eax(base);
}

const struct companion companion = {maximum, &base};

int companion_asks(uint32_t target) {
    own += 1;
    companion_asked = target;
    companion_last = own == 12;
    own -= 1;
    return companion.maximum() >= target;
}
#else
uint32_t companion_asked;
static __thread volatile uint32_t own = 7;

uint32_t companion_eax(uint32_t leaf) {
    companion_reads++;
    return cpuid(leaf).eax;
}

int hv_feature_available(uint32_t target) {
    uint32_t reads = companion_reads;

    if (*companion.base != BASE || own != 7 || reads < 5 || !companion_asks(target))
        return 0;
    return companion_reads == reads + 1 && companion_last == 1 && companion_asked == target &&
           cpuid(target).eax != 0;
}
#endif
