/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Asks leaf 1 whether there is a hypervisor at all, as most code does: also right with
 * --profile presence. */
int hv_feature_available(uint32_t target) {
    return cpuid(1).ecx >> 31 != 0 && detect(target);
}
