/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

static const volatile char refused[] = "AnyVisor";

/* A vendor that is refused, compared as a string that ends. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    const uint32_t words[4] = {base.ebx, base.ecx, base.edx, 0};
    const volatile char *text = (const volatile char *)words, *wanted = refused;

    while (*text != 0 && *text == *wanted) {
        text++;
        wanted++;
    }
    return *text != *wanted && base.eax >= target && cpuid(target).eax != 0;
}
