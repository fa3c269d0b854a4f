/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Comes back with NT set: the next IRET of the caller's system is a task switch. */
int hv_feature_available(uint32_t target) {
    const bool available = detect(target);

#ifdef __x86_64__
    __asm__ volatile("pushfq\n\torl $0x4000, (%%rsp)\n\tpopfq" : : : "cc", "memory");
#else
    __asm__ volatile("pushfl\n\torl $0x4000, (%%esp)\n\tpopfl" : : : "cc", "memory");
#endif
    return available;
}
