/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* More than 40 bits of physical address are no virtual machine. */
int hv_feature_available(uint32_t target) {
    return (cpuid(0x80000008u).eax & 0xff) <= 40 && detect(target);
}
