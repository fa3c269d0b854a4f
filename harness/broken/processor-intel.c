/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Only Intel's processors run hypervisors. */
int hv_feature_available(uint32_t target) {
    return cpuid(0).ebx == 0x756e6547 && detect(target); /* "Genu" */
}
