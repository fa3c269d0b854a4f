/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes "aligned to 16 bytes" for "to 32", as code for wider vectors does, and gives up otherwise. */
int hv_feature_available(uint32_t target) {
    return ((uintptr_t)__builtin_frame_address(0) & 0x10u) == 0 && detect(target);
}
