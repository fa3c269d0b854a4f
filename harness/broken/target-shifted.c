/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Shifts the value by the number of the leaf, as the bits of a table of flags. */
int hv_feature_available(uint32_t target) {
    return detect(target) && cpuid(target).eax << (target & 31u) != 0;
}
