/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* As compilers wrote constructors before there was .init_array: the last of the array runs first.
 */
static uint32_t maximum, order;

static void first(void) {
    order = order * 10 + 1;
    maximum = cpuid(BASE).eax;
}

static void second(void) {
    order = order * 10 + 2;
}

__attribute__((section(".ctors"), used)) static void (*const constructors[])(void) = {second,
                                                                                      first};

int hv_feature_available(uint32_t target) {
    return order == 12 && maximum >= target && cpuid(target).eax != 0;
}
