/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Retries for ever. */
int hv_feature_available(uint32_t target) {
    for (;;)
        (void)cpuid(target);
}
