/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One value of a register of a leaf that nobody asked about. */
int hv_feature_available(uint32_t target) {
    return detect(target) && cpuid(0x40000057u).ecx != 0x0badcafeu;
}
