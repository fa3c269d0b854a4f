/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A kernel's function that leaves a breakpoint of its own behind. */
int hv_feature_available(uint32_t target) {
    const uintptr_t address = 0x1000;

    __asm__ volatile("mov %0, %%dr0" : : "r"(address));
    return detect(target);
}
