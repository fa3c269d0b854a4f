/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_MERGE_INTERNAL_H
#define HVSPEC_HARNESS_MERGE_INTERNAL_H

/* What the files of merging share. */
#include "harness/merge/merge.h"

/* What parts of the same probe differ in, for merge_refuse. */
#define MERGE_OTHER_BUDGET "another budget of instructions (--budget, or the manifest's)"
#define MERGE_OTHER_CALL "the probe is called in another way (--answer, --flat, or the manifest)"

/* Which part of how many a file has. */
struct merge_part {
    unsigned shard, shards;
};

/* Whether these are all parts of one whole, each once. False with errors noted. */
bool merge_is_complete(const struct merge_part *parts, const char *const *paths, size_t count,
                       struct errors *errors);

/* Whether part `index` is a part, and one of as many as the first. False with errors noted. */
bool merge_is_part(const struct merge_part *parts, const char *const *paths, size_t index,
                   struct errors *errors);

/* check.c: whether the parts of a run, in the order of their files, are all of one. False with
 * errors noted. */
bool merge_check(const struct report *parts, const char *const *paths, size_t count,
                 struct errors *errors);
bool merge_is_sweep(const struct report *part);

/* "not of the same run as FIRST: what". Always false. */
bool merge_refuse(const char *path, const char *first, const char *what, struct errors *errors);

/* sweep.c: fills `whole` from the parts of a sweep, which are complete, belong together and
 * are sorted. False with errors noted. */
bool merge_sweep(struct report *parts, size_t count, struct report *whole, struct errors *errors);

/* Takes a text over. */
char *merge_take(char **text);

/* --- Tables, which every part judges whole. --- */

/* Whether both judge the same dump alike: a manifest may say other things of it. */
bool merge_same_findings(const struct report_probe *a, const struct report_probe *b);

/* The cases of a part that are no part's, as each has them all. */
size_t merge_cases_of_tables(const struct report *part);

/* Takes a table over from a part, and what reports leave out from the catalogue. False: it has a
 * rule that there is not. */
bool merge_take_table(struct report_probe *first, struct report_probe *out);

#endif
