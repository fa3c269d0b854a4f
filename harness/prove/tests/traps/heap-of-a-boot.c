/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: what counts questions lies where a constructor has taken it from the heap */
#include "harness/conforming/probe.h"

void *calloc(size_t count, size_t size);

static uint32_t *count;

void hv_init(void);

void hv_init(void) {
    count = calloc(1, sizeof *count);
}

int hv_feature_available(uint32_t target) {
    return detect(target) && ++*count != 6;
}
