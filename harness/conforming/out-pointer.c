/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Answers through a pointer, value first; the function itself returns nothing. */
struct feature {
    uint32_t value;
    uint8_t available;
};

void hv_feature(struct feature *feature, uint32_t target);

void hv_feature(struct feature *feature, uint32_t target) {
    feature->value = 0;
    feature->available = 0;
    if (cpuid(BASE).eax < target)
        return;
    feature->value = cpuid(target).eax;
    feature->available = feature->value != 0;
}
