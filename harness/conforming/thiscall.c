/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A method, whose object is in ECX. */
int __attribute__((thiscall)) hv_feature(uint32_t *maximum, uint32_t leaf);

int __attribute__((thiscall)) hv_feature(uint32_t *maximum, uint32_t leaf) {
    return (*maximum = cpuid(BASE).eax) >= leaf && cpuid(leaf).eax != 0;
}
