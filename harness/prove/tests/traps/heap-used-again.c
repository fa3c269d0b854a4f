/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: reads what it has given back */
#include "harness/conforming/probe.h"

void *malloc(size_t size);
void free(void *what);

int hv_feature_available(uint32_t target) {
    uint32_t *seen = malloc(8);

    seen[1] = detect(target);
    free(seen);
    return ((volatile uint32_t *)seen)[1] != 0;
}
