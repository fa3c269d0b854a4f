/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* What a function written for a bool does when its prototype says int. */
int hv_feature_available(uint32_t target) {
    return (int)((target & ~0xffu) | detect(target));
}
