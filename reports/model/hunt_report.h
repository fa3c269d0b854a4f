/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_MODEL_HUNT_REPORT_H
#define HVSPEC_REPORTS_MODEL_HUNT_REPORT_H

#include "base/sha256.h"
#include "reports/model/report.h"

/*
 * What a hunt, or a part of one, was asked for and came to, as plain values: each search and each
 * find. The hunt fills it, or `merge` from parts; writers read it. Strings are owned by the report
 * unless noted; an unknown one is NULL.
 */
#define HUNT_RULES_MAX 64u
#define HUNT_FINDS_MAX 16u /* of one search: then it is time to mend some */
#define HUNT_JSON_FORMAT "hvspec-hunt/2"

/* What one search came to. */
struct hunt_search {
    unsigned number; /* from 1 */
    size_t runs, kept, blocks, edges, finds;
    size_t unjudged;       /* tables that the harness could not judge */
    char *unjudged_reason; /* of the first; NULL: none */
    char *unjudged_case;   /* the first, spelled out; kept by the hunt alone */
};

/* A table and questions that break rules. */
struct hunt_found {
    unsigned rule;   /* what it is named after: an index of the report's rules */
    uint64_t broken; /* a bit for each of the report's rules that is red, `rule` among them */
    unsigned search; /* which search found it */
    size_t run;      /* calls of the probe up to it, in that search */
    uint64_t path;   /* hash of the code that it runs */
    bool was_there;  /* the very file was there already */
    char *file;      /* the scenario that it was written to; NULL: it was not */
    struct report_example example; /* as a run's report has it; of what was not written the case
                                      alone */
};

struct hunt_report {
    char *version; /* of hvspec */
    char *probe, *file, *sha256, *arch, *entry;
    char call_sha256[SHA256_TEXT_SIZE];  /* of how it is called and its answer is read */
    size_t budget;                       /* instructions that one call may execute */
    struct report_statement *statements; /* what the caller said of the code */
    size_t statements_count;
    uint64_t seed;
    unsigned searches_all; /* of the whole hunt */
    size_t runs_wanted;    /* of the whole hunt; 0: no limit */
    size_t seconds_wanted; /* 0: no limit */
    const char *profile;   /* static; NULL: none */
    struct {
        const char *id, *level, *locator, *text, *why; /* static */
        bool wanted;                                   /* its violation is a find */
    } rules[HUNT_RULES_MAX];
    size_t rules_count;
    bool first_only; /* the lowest search's finds only */
    char scenarios_sha256[SHA256_TEXT_SIZE];
    unsigned shard, shards; /* searches `shard`, `shard` + `shards`, ...; 0, 0: all */
    bool interrupted;
    double seconds;               /* that it took; 0: unknown, as after merging */
    struct hunt_search *searches; /* by number */
    size_t searches_count;
    struct hunt_found *finds; /* by search, then as found */
    size_t finds_count;
};

/* Sums and highest numbers of the searches; it borrows the first one's texts. */
struct hunt_search hunt_report_totals(const struct hunt_report *report);

/* The same as a run's report, for formats that show rules with examples: a rule passes where
 * nothing was found against it. It borrows from `report`; cleared by hunt_report_end_run. False:
 * out of memory. */
bool hunt_report_as_run(const struct hunt_report *report, struct report *run);
void hunt_report_end_run(struct report *run);

/* Free what they own. */
void hunt_search_clear(struct hunt_search *search);
void hunt_found_clear(struct hunt_found *found);
void hunt_report_clear(struct hunt_report *report);

#endif
