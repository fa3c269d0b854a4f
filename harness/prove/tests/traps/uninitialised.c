/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: a local variable that is read and never written */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    volatile uint32_t never;

    return detect(target) && never != 0x5eed5eed;
}
