/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Only asks on a processor that has two features at once. */
int hv_feature_available(uint32_t target) {
    const uint32_t wanted = 1u << 0 | 1u << 5;

    return (cpuid(7).ebx & wanted) == wanted && detect(target);
}
