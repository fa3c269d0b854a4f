/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Right but for one processor, by its signature in EAX of leaf 1, whose hypervisor bit it does not
 * mind. */
int hv_feature_available(uint32_t target) {
    const struct registers processor = cpuid(1);

    if (!(processor.ecx >> 31) && processor.eax != 0x00a20f12)
        return 0;
    return detect(target);
}
