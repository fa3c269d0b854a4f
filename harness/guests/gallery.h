/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_GUESTS_GALLERY_H
#define HVSPEC_HARNESS_GUESTS_GALLERY_H

#include "base/errors.h"
#include "harness/probe/probe.h"

/* One wrong guest: its code, and its mistake in a few words with where it was seen. */
struct gallery_guest {
    struct probe *probe;
    char *name; /* "max-signed" */
    char *mistake;
};

struct gallery {
    struct gallery_guest *guests;
    size_t count;
    struct probe **probes; /* as they are loaded; the guests' */
    size_t probes_count;
};

/* Loads those that are installed, in the order of their list. False with errors noted. Cleared by
 * gallery_clear. */
bool gallery_load(struct gallery *gallery, struct errors *errors);
void gallery_clear(struct gallery *gallery);

#endif
