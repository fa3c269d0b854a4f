/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* AMD's processors with SVM are taken for hosts. */
int hv_feature_available(uint32_t target) {
    return !(cpuid(0x80000001u).ecx >> 2 & 1) && detect(target);
}
