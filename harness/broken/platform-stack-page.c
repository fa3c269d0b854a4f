/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Tells "the first call of a thread" by how deep its stack is. */
int hv_feature_available(uint32_t target) {
    return ((uintptr_t)__builtin_frame_address(0) & 0x2000u) == 0 && detect(target);
}
