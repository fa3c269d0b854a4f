/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A library that reads the maximum when it is loaded. */
static uint32_t maximum;

__attribute__((constructor)) static void library_loaded(void) {
    maximum = cpuid(BASE).eax;
}

int hv_feature_available(uint32_t target) {
    return maximum >= target && cpuid(target).eax != 0;
}
