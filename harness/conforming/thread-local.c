/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Keeps the maximum for each thread. */
static __thread uint32_t maximum = 1; /* 1 stands for "not read yet", and 1 read again is no harm */

int hv_feature_available(uint32_t target) {
    if (maximum == 1)
        maximum = cpuid(BASE).eax;
    return maximum >= target && cpuid(target).eax != 0;
}
