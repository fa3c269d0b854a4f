/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The list ends with the vendors of the day. */
static const uint32_t known[][3] = {
    {0x4b4d564bu, 0x564b4d56u, 0x0000004du}, /* KVMKVMKVM */
    {0x61774d56u, 0x4d566572u, 0x65726177u}, /* VMwareVMware */
    {0x566e6558u, 0x65584d4du, 0x4d4d566eu}, /* XenVMMXenVMM */
    {0x7263694du, 0x666f736fu, 0x76482074u}, /* Microsoft Hv */
};

int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (base.ebx == known[i][0] && base.ecx == known[i][1] && base.edx == known[i][2])
            return base.eax >= target && cpuid(target).eax != 0;
    }
    return 0;
}
