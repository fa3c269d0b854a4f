/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The number of the feature without its base: a basic leaf. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).eax >= target && cpuid(target & 0xffu).eax != 0;
}
