/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_MODEL_AUDIT_REPORT_H
#define HVSPEC_REPORTS_MODEL_AUDIT_REPORT_H

#include "reports/model/report.h"

/*
 * What audits found, as plain values: every mutant of every probe and what became of it. The audit
 * fills it, writers read it. Strings are owned by the report unless noted; an unknown one is NULL.
 */
enum audit_fate {
    AUDIT_UNDONE,     /* interrupted before */
    AUDIT_KILLED,     /* some rule turns red */
    AUDIT_SURVIVED,   /* none does, and nothing shows that it is the same program */
    AUDIT_EQUIVALENT, /* shown to be the same program */
    AUDIT_INVALID,    /* the emulator lacks what it wants, or it finds no room */
    AUDIT_LOST,       /* the harness failed on it: a worker died, or memory ran out */
    AUDIT_FATES
};

/* A kind of change. */
struct audit_change {
    const char *name; /* "condition inverted"; static */
    const char *what; /* a sentence; static */
};

struct audit_mutant {
    enum audit_fate fate;
    size_t instruction; /* of the probe's, in ascending order of address, from 0 */
    size_t change;      /* index of the report's changes */
    uint64_t address;
    char *symbol;           /* the function */
    uint64_t symbol_offset; /* into it; without a symbol the address */
    char *file;
    unsigned line;
    char *before, *after; /* the code, "jb 0x10aa"; several instructions joined with "; " */
    uint64_t red;         /* a bit for each of the report's rules that it turns red */
    bool all_cases;       /* judged on every case, not on the sample */
    bool differs;         /* the search found an input where it differs */
    bool conforms;        /* it differs, but never in the outcome nor in the leaves read */
    char *difference;     /* where it differs, or why it is invalid or lost */
    char *reason;         /* equivalent: what shows it */
    bool proven;          /* equivalent: no rule is broken for any table, by proof; else by the search */
    size_t runs;          /* calls of the mutant */
};

struct audit_probe {
    char *name, *file, *entry, *sha256;
    char *call_sha256; /* of how it is called and its answer is read, but for the budget */
    size_t budget;     /* instructions that one call may execute */
    size_t instructions;
    size_t cases, sample_step;    /* every how-manieth case is in the sample; 1: all are */
    struct report_statement *statements; /* what its verdicts are given for */
    size_t statements_count;
    char *search;                 /* the search for a difference, in a sentence */
    struct audit_mutant *mutants; /* by instruction, then change */
    size_t mutants_count;
};

#define AUDIT_RULES_MAX 64u
#define AUDIT_JSON_FORMAT "hvspec-audit/3"

struct audit_report {
    const char *version; /* of hvspec; static */
    uint64_t seed;
    bool thorough, interrupted;
    const char *profile; /* NULL: none; borrowed */
    char scenarios_sha256[65];
    unsigned shard, shards; /* this part, 1 to `shards`, of the instructions; 0, 0: all */
    const struct audit_change *changes; /* static */
    size_t changes_count;
    struct {
        const char *id, *level; /* static */
        bool selected;          /* it may kill */
    } rules[AUDIT_RULES_MAX];
    size_t rules_count;
    struct audit_probe *probes;
    size_t probes_count;
};

/* Frees everything the report owns. */
void audit_report_clear(struct audit_report *report);

/* Which way it is known that a mutant is equivalent: "proven" or "searched". */
const char *audit_way_text(const struct audit_mutant *mutant);

/* "killed", for people and machines. */
const char *audit_fate_text(enum audit_fate fate);

/* Killed by rules of the level "should" alone. */
bool audit_only_should(const struct audit_report *report, const struct audit_mutant *mutant);

/* How many mutants of a change (changes_count: of all) met this fate, in one probe or in all. */
size_t audit_probe_count(const struct audit_report *report, const struct audit_probe *probe,
                         size_t change, enum audit_fate fate);
size_t audit_report_count(const struct audit_report *report, size_t change, enum audit_fate fate);

/* Why the report says less of the suite than it seems to: the first mutant that was lost, or a probe
 * of whose mutants none was judged. NULL: nothing is missing. The caller frees. *failed: memory ran
 * out. */
char *audit_report_lack(const struct audit_report *report, bool *failed);

/* Mutants of a change that turn a rule, by index, red. */
size_t audit_report_reds(const struct audit_report *report, size_t change, size_t rule);

/* "hv_max+0x12 hv.c:31" */
#define AUDIT_PLACE_SIZE 320u
char *audit_place_text(const struct audit_mutant *mutant, char text[AUDIT_PLACE_SIZE]);

/* Distinct reasons of equivalent mutants, in order of their first; how many, at most `limit`. */
struct audit_reason_count {
    const char *reason;
    size_t mutants, proven;
};
size_t audit_report_reasons(const struct audit_report *report, struct audit_reason_count *out,
                     size_t limit);

#endif
