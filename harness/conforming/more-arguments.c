/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A driver's probe function: a name, a leaf and flags. */
#define FLAG_ENABLED 2u

int driver_probe(const char *name, uint32_t leaf, unsigned flags);

int driver_probe(const char *name, uint32_t leaf, unsigned flags) {
    return name[0] != '\0' && (flags & FLAG_ENABLED) != 0 && detect(leaf);
}
