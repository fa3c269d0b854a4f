/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_AUDIT_H
#define HVSPEC_HARNESS_AUDIT_H

#include "harness/audit_search.h"
#include "harness/detour.h"
#include "harness/probe.h"
#include "harness/suite.h"

#include <signal.h>

/*
 * Mutation testing of the suite on a probe's machine code: does it notice every single change? A
 * mutant lives in a worker's copy of the image; nothing is written to disk.
 */
#define AUDIT_SAMPLE 150u   /* cases that a mutant is judged on first, evenly spread */
#define AUDIT_ENOUGH 16u    /* cases judged from the first that kills */
#define AUDIT_BUDGET 20000u /* instructions in one call: mutants often loop for ever */
#define AUDIT_TEXT_SIZE 160u

enum audit_fate {
    AUDIT_UNDONE,     /* interrupted before */
    AUDIT_KILLED,     /* some rule turns red */
    AUDIT_SURVIVED,   /* none does, and nothing shows that it is the same program */
    AUDIT_EQUIVALENT, /* shown to be the same program: see audit_reason.c */
    AUDIT_INVALID,    /* the emulator cannot judge it, or it finds no room */
    AUDIT_FATES
};

struct audit_result {
    enum audit_fate fate;
    uint8_t red[RULES];         /* whether each rule is violated in the cases judged */
    bool only_should;           /* killed by rules of the level "should" alone */
    bool on_all_cases;          /* judged on every case, not on the sample */
    bool differs;               /* the search has found an input where it differs */
    bool conforms;              /* it differs, but never in the outcome nor in the leaves read */
    size_t runs;                /* calls of the mutant */
    char text[AUDIT_TEXT_SIZE]; /* where it differs, or why it is invalid */
    const char *reason;         /* equivalent: why the search could show it; static */
};

struct audit_options {
    uint64_t seed;
    unsigned workers;
    bool thorough;        /* every mutant on every case, and a longer search */
    bool selected[RULES]; /* rules that may kill */
    const char *profile;
    volatile const sig_atomic_t *interrupted; /* nonzero: stop */
    void (*progress)(void *context, size_t done, size_t count);
    void *progress_context;
};

/* One probe's audit. */
struct audit {
    struct probe *probe; /* borrowed; its image is patched in workers only */
    const struct scenario_set *set;
    const struct audit_options *options;
    const struct scenario_case **cases; /* those that the profile takes; owned */
    size_t cases_count, sample_step;
    struct disassembly_parts *code; /* owned */
    struct mutation_source source;
    struct mutant_list mutants;
    struct audit_result *results; /* by mutant; owned */
    struct search_space space;
    bool kills[RULES]; /* rules that the probe keeps and that may therefore kill */
    size_t done;
};

/* Makes mutants and judges them. False with errors noted: nothing could be run, or the probe itself
 * breaks a rule. Free with audit_clear either way. */
bool audit_run(struct audit *audit, struct probe *probe, const struct scenario_set *set,
               const struct audit_options *options, struct errors *errors);

void audit_clear(struct audit *audit);

/* How many mutants of a kind (mutations_count: of all) met this fate. */
size_t audit_count(const struct audit *audit, size_t kind, enum audit_fate fate);

/* The mutant's code as text, "jb 0x10aa" or several joined with "; ". */
char *audit_mutant_text(const struct audit *audit, const struct mutant *mutant,
                        struct disassembly *disassembly, char *text, size_t size);

/* Why a mutant, by index, whose outcomes the search could not tell from the original's is the same
 * program; NULL: nothing says so. */
const char *audit_reason(const struct audit *audit, size_t mutant);

/* Writers of one or more audits. */
bool audit_print(const struct audit *audits, size_t count, const struct report_style *style,
                 FILE *stream);
bool audit_print_markdown(const struct audit *audits, size_t count, FILE *stream);
bool audit_print_json(const struct audit *audits, size_t count, FILE *stream);

#endif
