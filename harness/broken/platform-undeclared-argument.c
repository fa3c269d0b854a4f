/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* An old prototype: the caller passes one argument, and the second register holds anything. */
int hv_feature_options(uint32_t target, uint32_t options) __asm__("hv_feature_available");

int hv_feature_options(uint32_t target, uint32_t options) {
    return (options & 1u) == 0 && detect(target);
}
