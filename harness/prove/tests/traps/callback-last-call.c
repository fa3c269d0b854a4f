/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: of several calls of the callback the last one is the answer */
#include "harness/conforming/probe.h"

void hv_each(uint32_t target, void (*found)(uint32_t eax));

void hv_each(uint32_t target, void (*found)(uint32_t eax)) {
    if (!detect(target))
        return;
    found(cpuid(target).eax);
    if (cpuid(target).ebx == 0x13572468)
        found(0);
}
