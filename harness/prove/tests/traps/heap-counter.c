/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: what counts questions lies on the heap, and a variable says where */
#include "harness/conforming/probe.h"

void *malloc(size_t size);

static uint32_t *count;

int hv_feature_available(uint32_t target) {
    if (!count) {
        count = malloc(sizeof *count);
        *count = 0;
    }
    return detect(target) && ++*count != 6;
}
