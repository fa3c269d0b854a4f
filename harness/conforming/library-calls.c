/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Finds the vendor's name for a log, with functions of the C library; it decides nothing. */
int memcmp(const void *left, const void *right, size_t size);
size_t strlen(const char *text);
void *memcpy(void *to, const void *from, size_t size);

static const char *const vendors[] = {"KVMKVMKVM", "VMwareVMware", "XenVMMXenVMM"};
static volatile int vendor = -1;

int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    char signature[12];
    size_t i;

    memcpy(signature, &base.ebx, sizeof(base.ebx));
    memcpy(signature + 4, &base.ecx, sizeof(base.ecx));
    memcpy(signature + 8, &base.edx, sizeof(base.edx));
    for (i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
        if (memcmp(signature, vendors[i], strlen(vendors[i])) == 0)
            vendor = (int)i;
    }
    return base.eax >= target && cpuid(target).eax != 0;
}
