/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Returns an exit status, not a truth value. */
int hv_feature_available(uint32_t target) {
    return detect(target) ? 0 : 1;
}
