/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* VMware's backdoor port: a fault in user code, and nothing to do with the mail's procedure. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("inl %%dx, %%eax" : : "a"(0x564d5868), "c"(10), "d"(0x5658));
    return detect(target);
}
