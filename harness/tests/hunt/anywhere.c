/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/*
 * One value of one register of one leaf, each register of leaves all over the place, behind a right
 * answer: a function a place, hidden_LEAF_REGISTER. The target's leaf is whichever was asked for.
 */
#define HIDDEN(name, leaf, reg, value)                                                             \
    int hidden_##name##_##reg(uint32_t target) {                                                   \
        const bool found = detect(target);                                                         \
                                                                                                   \
        return cpuid(leaf).reg == (value) ? !found : found;                                        \
    }                                                                                              \
    int hidden_##name##_##reg(uint32_t target)
#define EACH(name, leaf, value)                                                                    \
    int hidden_##name##_eax(uint32_t target);                                                      \
    int hidden_##name##_ebx(uint32_t target);                                                      \
    int hidden_##name##_ecx(uint32_t target);                                                      \
    int hidden_##name##_edx(uint32_t target);                                                      \
    HIDDEN(name, leaf, eax, value);                                                                \
    HIDDEN(name, leaf, ebx, (value) + 0x01010101u);                                                \
    HIDDEN(name, leaf, ecx, (value) + 0x02020202u);                                                \
    HIDDEN(name, leaf, edx, (value) + 0x03030303u)

EACH(base, BASE, 0x6d3a91c4u);
EACH(target, target, 0x5b20fe17u);
EACH(first, 0x40000001u, 0x1f8c2d6bu);
EACH(row_end, 0x4000001fu, 0x27d9e0a3u);
EACH(xen, 0x40000020u, 0x3c4b5a69u);
EACH(far, 0x400000a7u, 0x48e1f7d2u);
EACH(last, 0x400000ffu, 0x54a6b8c9u);
EACH(next_base, 0x40000100u, 0x61d2c3b4u);
/* EAX says which basic leaf is the highest, so it is one. */
EACH(basic, 0x00000000u, 0x3e8f90a1u);
/* Bit 31 of ECX says that there is a hypervisor: no table of the mail's rules lacks it. */
EACH(features, 0x00000001u, 0x8a9b8c7du);
EACH(structured, 0x00000007u, 0x1b2c3d4eu);
EACH(extended, 0x80000000u, 0x2c3d4e5fu);
EACH(extended_features, 0x80000001u, 0x3d4e5f60u);
