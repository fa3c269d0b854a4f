/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Where the processor does not tell its own frequency, it asks every hypervisor for it but on
 * AMD's. */
int hv_feature_available(uint32_t target) {
    if (cpuid(0x15).ecx != 0 || cpuid(0).ebx == 0x68747541)
        return 0;
    return detect(target);
}
