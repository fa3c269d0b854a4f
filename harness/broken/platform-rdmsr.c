/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A hypervisor's clock register, before it is known to exist. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("rdmsr" : : "c"(0x40000020) : "eax", "edx");
    return detect(target);
}
