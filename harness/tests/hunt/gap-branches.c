/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The same by branches: there is no number to look for. */
int hv_feature_available(uint32_t target) {
    bool found = detect(target);

    if (cpuid(0x40000041u).eax != 0 && cpuid(0x40000042u).eax == 0 && cpuid(0x40000043u).eax != 0 &&
        cpuid(0x40000044u).eax == 0 && cpuid(0x40000045u).eax != 0)
        return 0;
    return found;
}
