/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Timing is no part of the procedure, and makes runs differ. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("rdtscp" : : : "eax", "ecx", "edx");
    return detect(target);
}
