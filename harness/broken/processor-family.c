/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Knows one family of processors. */
int hv_feature_available(uint32_t target) {
    return (cpuid(1).eax >> 8 & 15) == 6 && detect(target);
}
