/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Believes a leaf only when its next subleaf holds something too. */
static uint32_t next_subleaf(uint32_t leaf) {
    uint32_t eax = leaf, ebx, ecx = 1, edx;

    __asm__ volatile(SAVE_BX : "+a"(eax), "=&r"(ebx), "+c"(ecx), "=d"(edx));
    return eax;
}

int hv_feature_available(uint32_t target) {
    return detect(target) && next_subleaf(target) != 0;
}
