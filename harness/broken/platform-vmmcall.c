/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A hypercall before it is known that anybody answers one. */
int hv_feature_available(uint32_t target) {
    __asm__ volatile("vmmcall" : : "a"(0) : "memory");
    return detect(target);
}
