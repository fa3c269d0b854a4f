/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_SCENARIO_H
#define HVSPEC_HARNESS_HUNT_SCENARIO_H

#include "harness/hunt/trial.h"
#include "reports/model/report.h"

/* A find, as a scenario file that people read, keep and check with. */
struct hunt_find {
    struct hunt_candidate candidate; /* shrunk */
    enum rule_id rule;               /* what it is named after */
    hunt_rules broken;               /* all that are red, `rule` among them */
    unsigned search;                 /* which of a hunt's searches found it, from 1 */
    size_t run;                      /* calls of the probe up to it, in that search */
    uint64_t path;                   /* hash of the code that it runs */
    struct report_example example;   /* of one that is described, else all zero */
    char *name;                      /* "platform-no-fault-1a2b3c4d", or the case spelled out
                                        (scenario_spell) when it is not written; owned */
    char *file;                      /* the folder, the name and ".yaml"; owned; NULL: likewise */
    bool was_there;                  /* the very file was there already */
};

void hunt_find_clear(struct hunt_find *find);

/* Sets name and file, from the rule, the table and the questions alone: the same find has the same
 * name whatever the seed. `folder` NULL: it is not to be written. False: out of memory. */
bool hunt_find_name(struct hunt_find *find, const char *folder);

/* The example that reports have, of an examination of the find's candidate under its name that shows
 * its rule broken. False: out of memory. */
bool hunt_find_describe(const struct probe *probe, const struct examination *examination, uint64_t seed,
                   struct hunt_find *find);

/* The file's text, for the caller to free. `profile` is the hunt's; NULL: none. NULL: out of
 * memory.
 */
char *hunt_find_text(const struct hunt_find *find, const char *probe, uint64_t seed,
                     const char *profile);

/* Writes the text to find->file: beside it, then renamed, so that it appears complete or not at
 * all. A file that is there stays as it is: was_there is set. False with an error noted. */
bool hunt_find_save(struct hunt_find *find, const char *text, struct errors *errors);

#endif
