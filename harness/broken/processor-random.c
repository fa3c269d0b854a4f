/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Takes no hypervisor for one on a processor without RDRAND. */
int hv_feature_available(uint32_t target) {
    if (!(cpuid(1).ecx >> 30 & 1))
        return 0;
    return detect(target);
}
