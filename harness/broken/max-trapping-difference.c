/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

int __subvsi3(int left, int right); /* what -ftrapv calls */

int hv_feature_available(uint32_t target) {
    if (__subvsi3((int)cpuid(BASE).eax, (int)target) < 0)
        return 0;
    return cpuid(target).eax != 0;
}
