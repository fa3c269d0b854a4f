/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* What FreeBSD, SeaBIOS, Haiku and Linux do: the answer is in variables when the call is over. */
static uint32_t khz;
uint64_t hv_tsc_hz;
static bool known;

void hv_init(void);
uint32_t hv_get_khz(void);

void hv_init(void) {
    if (cpuid(BASE).eax < BASE + 0x10)
        return;
    khz = cpuid(BASE + 0x10).eax;
    known = khz != 0;
    hv_tsc_hz = (uint64_t)khz * 1000;
}

uint32_t hv_get_khz(void) {
    return known ? khz : 0;
}
