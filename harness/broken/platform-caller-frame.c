/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* An array on the stack, written beyond its end: past the return address, into the caller's. */
int hv_feature_available(uint32_t target) {
    volatile uintptr_t *frame = __builtin_frame_address(0);

    frame[4] = ~frame[4];
    return detect(target);
}
