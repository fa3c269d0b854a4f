/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Hands what it found to whoever asks. */
void hv_each(uint32_t target, void (*found)(uint32_t target, uint32_t eax));

void hv_each(uint32_t target, void (*found)(uint32_t target, uint32_t eax)) {
    if (detect(target))
        found(target, cpuid(target).eax);
}
