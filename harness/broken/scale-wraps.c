/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* kHz * 1000 in 32 bits, and then widened (Monza, Unikraft, tamago). */
uint64_t hv_tsc_hz;
bool hv_known;

void hv_init(void);

void hv_init(void) {
    if (cpuid(BASE).eax >= BASE + 0x10 && cpuid(BASE + 0x10).eax != 0) {
        hv_tsc_hz = cpuid(BASE + 0x10).eax * 1000;
        hv_known = true;
    }
}
