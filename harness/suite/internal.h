/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SUITE_INTERNAL_H
#define HVSPEC_HARNESS_SUITE_INTERNAL_H

/* What the files of the suite share. */
#include "base/pool.h"
#include "base/sha256.h"
#include "harness/suite/suite.h"

/* One case on one probe. */
struct suite_task {
    size_t probe, scenario, test; /* indices */
    uint8_t states[RULES];        /* enum finding_state, or-ed */
    struct plain_answers plain;
    double seconds; /* that it took */
    bool done;
    char *failure; /* why the harness could not judge it; NULL: it could */
};

/* A violation kept for the report: one that no baseline lists ahead of others, and of those the
 * simpler ahead, which is the one of less complexity. */
struct suite_example {
    size_t task;
    bool listed;
    unsigned complexity;
    struct violation *violation; /* owned */
};

struct suite_examples {
    struct suite_example best[REPORT_EXAMPLES_MAX]; /* in that order */
    size_t count;
};

/* cells.c: the same for each cell of the matrix. */
struct suite_cells;

struct suite {
    struct probe *const *probes;
    size_t probes_count;
    const struct scenario_set *set;
    const struct suite_options *options;
    struct suite_task *tasks;
    size_t *tasks_first; /* by probe, and of none at last: tasks lie by probe, then scenario */
    size_t tasks_count, tasks_done;
    bool **chosen;    /* by probe: which cases of its set run; NULL for a probe: all */
    size_t *left_out; /* by probe: cases that would run, but cost too much */
    struct suite_examples (*examples)[RULES]; /* by probe */
    struct suite_cells *cells;                /* NULL: not kept */
    uint64_t **sites;                         /* by probe: CPUIDs reached, unsorted */
    size_t *sites_counts;
    struct signs *signs; /* by probe */
    size_t runs;
    struct pool *pool;
    bool lost; /* memory ran out while results came in */
};

/* work.c: what workers do and how results come home. */
struct pool_work suite_work(struct suite *suite, unsigned workers);
void suite_free(struct suite *suite);

/* Whether the probe was tried and does not start. */
bool suite_is_unstarted(const struct suite *suite, size_t probe);

/* Whether a scenario's cases run under the options' profile. */
bool suite_takes(const struct suite_options *options, const struct scenario *scenario);

/* measure.c: which cases of the set, in its order, a probe runs on when all would cost more than
 * the options allow; *chosen NULL: all, else to be freed. False with errors noted. */
bool suite_choose(const struct probe *probe, const struct scenario_set *set,
                  const struct suite_options *options, bool **chosen, struct errors *errors);

/* The tasks from `first` on, and before `last`, that are of the same probe and scenario as `first`:
 * the index after them. */
size_t suite_scenario_end(const struct suite *suite, size_t first, size_t last);

/* The cases that a probe runs on. */
const struct scenario_set *suite_set(const struct suite *suite, size_t probe);

/* The case of a task. */
const struct scenario_case *suite_case(const struct suite *suite, const struct suite_task *task);

/* True when `a` is the one to keep. */
bool suite_is_better(const struct suite_example *a, const struct suite_example *b);

/* NULL: out of memory. */
struct suite_cells *suite_cells_new(size_t scenarios);
void suite_cells_free(struct suite_cells *cells);

/* Keeps the example, with its violation (NULL in workers), when it is the scenario's best for the
 * rule; RULES stands for the case that breaks none. False: it is not, and not taken over. */
bool suite_cells_offer(struct suite_cells *cells, size_t scenario, enum rule_id rule,
                       struct suite_example example);

/* What is kept; NULL: nothing. */
const struct suite_example *suite_cells_best(const struct suite_cells *cells, size_t scenario,
                                             enum rule_id rule);

/* suite.c: the workers, started; waiting until `count` tasks from `first` on are done; and all of a
 * run around `execute`, which has every task done and may add to the report. */
bool suite_start(struct suite *suite, struct errors *errors);
void suite_await(struct suite *suite, size_t first, size_t count);
bool suite_run_by(struct suite *suite,
                  bool (*execute)(struct suite *, struct report *, struct errors *),
                  struct report *report, struct errors *errors);

struct disassembly;
struct source_line;

/* sites.c: the CPUIDs of the probe's code. False: out of memory. */
bool suite_fill_sites(const struct suite *suite, size_t probe, struct disassembly *disassembly,
                      struct source_line *source, struct report_probe *out);

/* An example as readers see it. False: out of memory. */
bool suite_fill_example(const struct suite *suite, const struct suite_example *example,
                        struct disassembly *disassembly, struct source_line *source,
                        struct report_example *out);

/* Whether the task broke the rule, be it only so that it is nonstrict. */
bool suite_violates(const struct suite_task *task, enum rule_id id);

/* report.c: the report from all results. False: out of memory. */
bool suite_fill_report(const struct suite *suite, struct report *report);

/* A rule as the catalogue has it, and nothing found yet. */
void suite_describe_rule(enum rule_id id, struct report_rule *rule);

/* That one case stands for all, of a probe that does not start, as a note (assemble/left_out.c).
 * False: out of memory. */
bool suite_fill_unstarted(const struct suite *suite, size_t probe, struct report_probe *out);

/* How many cases were left out, as a number and as a note (assemble/left_out.c). False: out of
 * memory. */
bool suite_fill_left_out(const struct suite *suite, size_t probe, struct report_probe *out);

/* What came of the probe's short hunt, as numbers and as a note, so that none is silent
 * (assemble/hunt.c). False: out of memory. */
bool suite_fill_hunt(const struct suite *suite, size_t probe, struct report_probe *out);

/* What names a probe. False: out of memory. */
bool suite_name_probe(const struct probe *probe, struct report_probe *out);

/* What the caller said of a probe, for its report (assemble/statements.c). False: out of memory;
 * what is there is the caller's to clear all the same. */
bool suite_copy_statements(const struct probe *probe, struct report_statement **statements,
                           size_t *count);

/* A rule's verdict from its counts, with the reason; `cause`: why cases could not be judged, NULL:
 * none or unknown. False: out of memory. */
bool suite_decide(struct report_rule *rule, enum rule_id id, const char *cause);

/* Of two causes, either of which may be NULL, the one that is told: the same whatever the order in
 * which cases are looked at, so that parts of a run agree with the whole. */
const char *suite_first_cause(const char *cause, const char *other);

/* A probe's verdict from its rules'; `errors`: cases that could not be judged. */
enum report_verdict suite_probe_verdict(const struct report_probe *probe, bool strict,
                                        uint64_t errors);

/* Appends a note, which is taken over. False: out of memory. */
bool suite_add_note(struct report_probe *out, char *text);

/* Sorts the probe's sites, which come in the order in which workers met them. */
void suite_sort_sites(const struct suite *suite, size_t probe);

/* Notes what the verdict takes for granted of undefined data (assemble/assumed.c). False: out of
 * memory. */
bool suite_fill_assumed(const struct suite *suite, size_t probe, struct report_probe *out);

/* Notes which instructions gave what is the machine's (assemble/machine.c), in the order of the
 * probe's sites. False: out of memory. */
bool suite_fill_machine(const struct suite *suite, size_t probe, struct disassembly *disassembly,
                        struct report_probe *out);

/* What breaking the rule is called when a case's finding has these states. */
enum report_verdict suite_violated_verdict(enum rule_id rule, unsigned states);

/* Whether the task's breaking the rule so is known of. */
bool suite_is_listed(const struct suite *suite, size_t task, enum rule_id rule, unsigned states);

/* Whether breaking the rule so makes the run fail. */
bool suite_rule_fails(const struct suite_options *options, enum rule_id rule, unsigned states);

/* Whether the rule is judged for the probe at all; else *reason says why not. */
bool suite_rule_applies(const struct suite *suite, const struct probe *probe, enum rule_id rule,
                        const char **reason);

#endif
