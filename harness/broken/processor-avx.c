/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* No feature without AVX, which is the processor's. */
int hv_feature_available(uint32_t target) {
    return (cpuid(1).ecx & 1u << 28) != 0 && detect(target);
}
