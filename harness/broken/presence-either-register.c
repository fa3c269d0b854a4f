/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Is not sure which register the bit is in. */
int hv_feature_available(uint32_t target) {
    struct registers features = cpuid(1);

    return (features.ecx | features.edx) >> 31 != 0 && detect(target);
}
