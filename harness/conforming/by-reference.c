/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* As Fortran passes arguments: all by their addresses. */
void hv_feature_(const uint32_t *leaf, int32_t *found);

void hv_feature_(const uint32_t *leaf, int32_t *found) {
    *found = detect(*leaf);
}
