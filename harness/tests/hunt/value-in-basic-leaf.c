/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One processor. */
int hv_feature_available(uint32_t target) {
    return detect(target) && cpuid(1).eax != 0x000a20f1u;
}
