/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A function pointer that was never set to anything sensible. */
int hv_feature_available(uint32_t target) {
    int (*volatile detector)(uint32_t) = (int (*)(uint32_t))(uintptr_t)0xdead0000u;

    return detector(target);
}
