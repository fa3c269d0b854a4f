/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A processor that tells its own frequency needs no hypervisor for it; judged where it does not. */
int hv_feature_available(uint32_t target) {
    if (cpuid(0).eax >= 0x15 && cpuid(0x15).ecx != 0)
        return 0;
    return detect(target);
}
