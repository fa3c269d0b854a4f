/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Waits in its initialisation for a maximum that no hypervisor gives. */
void hv_init(void);

void hv_init(void) {
    while (cpuid(BASE).eax != 1)
        __asm__ volatile("pause");
}

int hv_feature_available(uint32_t target) {
    return detect(target);
}
