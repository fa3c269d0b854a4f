/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: nothing is written where one value of the leaf is what lies there anyway, or so it seems
 */
#include "harness/conforming/probe.h"

void hv_get(uint32_t target, uint32_t *value);

void hv_get(uint32_t target, uint32_t *value) {
    if (detect(target) && cpuid(target).eax != *value)
        *value = cpuid(target).eax;
}
