/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: a copy that its bound does not allow ends the program */
#include "harness/conforming/probe.h"

void *__memcpy_chk(void *to, const void *from, size_t size, size_t room);

int hv_feature_available(uint32_t target) {
    uint32_t seen[4] = {cpuid(BASE).eax}, copy[4];

    __memcpy_chk(copy, seen, sizeof seen, seen[0] == 0x40001234 ? 12 : 16);
    return copy[0] >= target && cpuid(target).eax != 0;
}
