/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The wrong register: what is compared is a vendor's name. */
int hv_feature_available(uint32_t target) {
    return cpuid(BASE).ebx >= target && cpuid(target).eax != 0;
}
