/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_PROVE_H
#define HVSPEC_HARNESS_PROVE_H

#include "harness/hunt/scenario.h"
#include "harness/probe/probe.h"
#include "reports/model/report.h"

/*
 * The proof: whether a probe keeps a rule for every table, every feature and whatever else it finds
 * when it is called. A counterexample counts when the emulator and the ordinary judges confirm it,
 * and never by the solver's word alone.
 */
enum prove_verdict {
    PROVE_PROVEN,
    PROVE_REFUTED,
    PROVE_OPEN,
    PROVE_NOT_APPLICABLE,
    PROVE_VERDICTS
};

struct prove_rule {
    enum prove_verdict verdict;
    char *reason; /* why it is open or does not apply; owned; NULL: none */
    uint64_t at;  /* the instruction that it is about; 0: none */
    size_t find;  /* refuted: index of the counterexample */
};

#define PROVE_FINDS_MAX 16u
#define PROVE_QUESTIONS_DEFAULT 3u
#define PROVE_QUESTIONS_MAX 16u
#define PROVE_SECONDS_DEFAULT 60u

struct prove_options {
    unsigned questions;  /* of one boot */
    double seconds;      /* after which what is left is open */
    uint64_t effort; /* in their place, by the solver's count, which is the same on every machine; 0: none */
    const char *folder;  /* where counterexamples go; NULL: nowhere */
    const char *profile; /* "presence", or NULL */
    uint64_t seed;
    bool selected[RULES];
};

struct prove_result {
    struct prove_rule rules[RULES];
    struct hunt_find finds[PROVE_FINDS_MAX];
    size_t finds_count;
    bool every_number;  /* of questions: else up to `questions` */
    bool keeps_state;   /* from one question to the next */
    unsigned questions; /* that were followed */
    size_t paths, queries;
    size_t compared; /* runs in the emulator that were held against a path */
    double seconds;
    char *assumed;      /* what was taken for granted of undefined data; NULL: nothing */
    char *disagreement; /* the emulator and the solver do not agree: an error of ours; NULL: none */
};

/* False with errors noted: this probe cannot be looked at at all (the program was built without the
 * libraries; 16-bit code has every rule open). `result`, zeroed by the caller, is to be cleared
 * either way. */
bool prove_run(const struct probe *probe, const struct prove_options *options,
               struct prove_result *result, struct errors *errors);

/* False: this program was built without the libraries, and proves nothing. */
bool prove_is_there(void);

/* The solver's version; "none": built without the libraries. */
const char *prove_solver_version(void);

void prove_result_clear(struct prove_result *result);

/* How many rules have a verdict. */
size_t prove_count(const struct prove_result *result, enum prove_verdict verdict);

/* The verdict on the probe: over all rules that fail a run. */
enum prove_verdict prove_verdict_of(const struct prove_result *result, bool strict);

const char *prove_verdict_text(enum prove_verdict verdict);

/* report.c: as a report, for all its writers, into a zeroed one. False with an error noted. */
bool prove_fill_report(const struct probe *probe, const struct prove_result *result, uint64_t seed,
                       bool strict, struct report *report, struct errors *errors);

/* print.c: for people. The last line starts with the verdict on the probe. */
bool prove_print(const struct probe *probe, const struct prove_result *result, bool strict,
                 const struct report_style *style, FILE *stream);

#endif
