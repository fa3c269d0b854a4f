/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: what lies around the thread pointer is nobody's promise */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    unsigned long word;

    __asm__ volatile("movq %%fs:0x10, %0" : "=r"(word));
    return detect(target) && word != 0x5eed5eed5eed5eed;
}
