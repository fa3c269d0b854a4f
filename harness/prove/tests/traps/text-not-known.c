/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: a signature that is a text for one vendor only */
#include "harness/conforming/probe.h"

char *strstr(const char *in, const char *what);

int hv_feature_available(uint32_t target) {
    uint32_t text[4] = {cpuid(BASE).ebx, cpuid(BASE).ecx, cpuid(BASE).edx, 0};

    return detect(target) && !strstr((const char *)text, "xyzzy");
}
