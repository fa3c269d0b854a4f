/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A control register: only a kernel may. */
int hv_feature_available(uint32_t target) {
    uintptr_t cr0;

    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    return detect(target);
}
