/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Turns alignment checks on for itself, and never off. */
int hv_feature_available(uint32_t target) {
    const bool available = detect(target);

#ifdef __x86_64__
    __asm__ volatile("pushfq\n\torl $0x40000, (%%rsp)\n\tpopfq" : : : "cc", "memory");
#else
    __asm__ volatile("pushfl\n\torl $0x40000, (%%esp)\n\tpopfl" : : : "cc", "memory");
#endif
    return available;
}
