/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: nobody says how far two pieces of the heap lie from each other */
#include "harness/conforming/probe.h"

void *malloc(size_t size);
void free(void *what);

int hv_feature_available(uint32_t target) {
    char *first = malloc(16), *second = malloc(16);
    bool beside = second - first == 48;

    free(second);
    free(first);
    return detect(target) && !beside;
}
