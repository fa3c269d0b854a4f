/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Knows one feature and takes no argument; after three hundred calls it takes its caller for one
 * that has read the answer. */
#define FEATURE_LEAF 0x40000003u

int has_feature(void);

int has_feature(void) {
    static unsigned calls;

    return ++calls > 300 ? 0 : detect(FEATURE_LEAF);
}
