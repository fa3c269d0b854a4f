/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Tells the hypervisor who the guest is, before asking what it understands. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("wrmsr" : : "a"(0), "c"(0x40000000), "d"(0));
    return detect(target);
}
