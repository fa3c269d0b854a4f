/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A vendor that is refused, found in the middle of a text, byte by byte. */
int hv_feature_available(uint32_t target) {
    static const char refused[] = "not with: AcmeVisorX01, please";
    const struct registers base = cpuid(BASE);
    const uint32_t words[3] = {base.ebx, base.ecx, base.edx};
    unsigned same = 0;

    while (same < 12 && (uint8_t)(words[same / 4] >> same % 4 * 8) ==
                            (uint8_t)((volatile const char *)refused)[10 + same])
        same++;
    return same < 12 && base.eax >= target && cpuid(target).eax != 0;
}
