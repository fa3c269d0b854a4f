/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A buffer on the stack is expected at the start of a cache line; it is in one call of two. */
int hv_feature_available(uint32_t target) {
    return ((uintptr_t)__builtin_frame_address(0) & 0x40u) == 0 && detect(target);
}
