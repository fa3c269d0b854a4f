/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A signature behind a byte of its own, loaded as if it were aligned; unaligned loads (movdqu) cost
 * no more on anything recent. */
static const struct {
    uint8_t kind;
    char signature[16];
} known __attribute__((aligned(16))) = {1, "KVMKVMKVM"};

int hv_feature_available(uint32_t target) {
    __asm__ volatile("movdqa %0, %%xmm0" ::"m"(known.signature));
    return detect(target);
}
