/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TABLE_SET_H
#define HVSPEC_HARNESS_TABLE_SET_H

#include "harness/table/manifest.h"
#include "harness/table/table.h"
#include "reports/model/report.h"

/* One table that is judged. */
struct table_subject {
    char *name;                     /* in reports: the file's, "#2" behind it for the second */
    char *path;                     /* of the dump */
    char *given;                    /* what was named on the command line */
    const struct dump *dump;        /* of the set's */
    const struct dump_table *table; /* of the dump's */
    bool declared;                  /* the manifest says what is implemented */
    uint32_t *implements;
    size_t implements_count;
    struct table_exclusion *exclusions;
    size_t exclusions_count;
    char *note; /* about the file; NULL: none */
};

/* The tables of a run. */
struct table_set {
    struct dump **dumps;
    size_t dumps_count;
    struct table_subject *subjects;
    size_t count;
};

/* True for a dump, a table's manifest and "-"; all else is taken for a probe. */
bool table_set_recognises(const char *path);

/* Adds the tables of a dump ("-": standard input), as far as there is something to judge, or those
 * that a manifest names. False with errors noted. */
bool table_set_add(struct table_set *set, const char *path, struct errors *errors);
void table_set_clear(struct table_set *set);

/* Judges every table and appends it to the report, in which dumps are named relative to
 * `source_root` (NULL: the current folder) where a place in them is. False: out of memory. */
bool table_set_report(const struct table_set *set, const bool selected[RULES],
                      const char *source_root, struct report *report);

#endif
