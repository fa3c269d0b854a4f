/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A boot parameter block that nobody handed over. */
int hv_feature_available(uint32_t target) {
    volatile uint32_t *volatile parameters = NULL;

    return parameters[4] == 0 && detect(target);
}
