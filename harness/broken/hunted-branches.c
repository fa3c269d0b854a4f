/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Three features without the two between them mean a hypervisor that "has no such leaf": each is a
 * branch of its own. */
int hv_feature_available(uint32_t target) {
    bool found = detect(target);

    if (cpuid(BASE).eax < 0x40000055u || cpuid(0x40000051u).eax == 0 ||
        cpuid(0x40000052u).eax != 0 || cpuid(0x40000053u).eax == 0 ||
        cpuid(0x40000054u).eax != 0 || cpuid(0x40000055u).eax == 0)
        return found;
    return 0;
}
