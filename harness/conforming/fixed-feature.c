/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Knows one feature, the TSC's frequency in kHz, and takes no argument. */
#define TIMING_LEAF 0x40000010u

uint32_t tsc_khz(void);

uint32_t tsc_khz(void) {
    return cpuid(BASE).eax >= TIMING_LEAF ? cpuid(TIMING_LEAF).eax : 0;
}
