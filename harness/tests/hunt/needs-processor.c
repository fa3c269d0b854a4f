/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One vendor's processors, or an emulated one without a name. */
int hv_feature_available(uint32_t target) {
    return detect(target) && cpuid(0).ebx == 0x756e6547; /* "Genu" */
}
