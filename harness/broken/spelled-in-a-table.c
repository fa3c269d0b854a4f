/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

static const volatile struct {
    char name[7];
    uint8_t flags;
    uint32_t ebx, ecx, edx;
} refused[] = {
    {"acme", 1, 0x656d6341u, 0x6f736956u, 0x2e312072u},
    {"umbra", 0, 0x72626d55u, 0x73695661u, 0x3233726fu},
    {"tilde", 0, 0x646c6954u, 0x65566165u, 0x76656e69u},
};

/* A list of vendors that are refused, each beside its name. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    for (unsigned i = 0; i < 3; i++) {
        if (refused[i].ebx == base.ebx && refused[i].ecx == base.ecx && refused[i].edx == base.edx)
            return 0;
    }
    return base.eax >= target && cpuid(target).eax != 0;
}
