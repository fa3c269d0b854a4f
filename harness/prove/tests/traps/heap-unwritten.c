/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: what malloc gives is not zero */
#include "harness/conforming/probe.h"

void *malloc(size_t size);

int hv_feature_available(uint32_t target) {
    const uint32_t *seen = malloc(8);

    return detect(target) && seen[1] == 0;
}
