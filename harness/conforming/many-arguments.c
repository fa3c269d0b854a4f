/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A callback of a framework that passes more than finds room in registers. */
int device_match(const char *bus, int slot, int function, uint32_t vendor, uint32_t device,
                 uint64_t cookie, uint32_t leaf, uint32_t *value, int flags);

int device_match(const char *bus, int slot, int function, uint32_t vendor, uint32_t device,
                 uint64_t cookie, uint32_t leaf, uint32_t *value, int flags) {
    if (bus[0] != 'p' || slot != 3 || function != -1 || vendor != 0x1af4 || device != 0x1000 ||
        cookie != 0x123456789abcdef0 || flags != 4 || !detect(leaf))
        return -1;
    *value = cpuid(leaf).eax;
    return 0;
}
