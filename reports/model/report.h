/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_MODEL_REPORT_H
#define HVSPEC_REPORTS_MODEL_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * The result model: what a run found, as plain values. The suite fills it, writers read it; nothing
 * here knows the emulator or the rules' code. All strings are owned by the report unless noted.
 */
enum report_verdict {
    REPORT_PASS,
    REPORT_FAIL,
    REPORT_NONSTRICT,
    REPORT_INFO,
    REPORT_NOT_EXERCISED,
    REPORT_NOT_APPLICABLE,
    REPORT_ERROR,
    REPORT_VERDICTS
};

#define REPORT_NO_ADDRESS UINT64_MAX /* a row of a dump: nothing was executed */

/* One CPUID execution of an example's trace, or one row of a table. */
struct report_step {
    uint64_t address;
    uint32_t leaf, subleaf, eax, ebx, ecx, edx;
    char *symbol;  /* "hv_max+0x12"; NULL: unknown */
    char *source;  /* "hv.c:31"; NULL: unknown */
    bool in_boot;  /* executed by an initialisation function or an earlier question */
    bool deciding; /* the execution that the verdict hangs on */
};

/* Whether it read leaf 0x40000000, whose EBX, ECX and EDX are the signature. */
static inline bool report_is_base(const struct report_step *step) {
    return step->leaf == 0x40000000u;
}

/* One line of the disassembly around the deciding instruction. */
struct report_instruction {
    uint64_t address;
    char *text;
    bool deciding;
};

/* One line of a source file. */
struct report_quote {
    unsigned line; /* from 1 */
    char *text;
};

/* One leaf of the case's table as the run saw it, for the leaf map; a range of equal ones joined.
 */
struct report_leaf {
    uint32_t first, last;
    uint32_t eax, ebx, ecx, edx; /* of the first */
    bool beyond;                 /* above the maximum */
    bool target;
    bool same;    /* the whole range returns the same */
    bool accused; /* of a table's map: within the maximum, and a rule says that it is no feature */
};

/* What has become of a line of the baseline that the run was held against. */
enum report_line_state {
    REPORT_LINE_HOLDS,     /* it lists a violation */
    REPORT_LINE_GONE,      /* what it lists no longer happens: fails the gate */
    REPORT_LINE_UNMATCHED, /* it names nothing that ran: fails the gate */
    REPORT_LINE_OUTSIDE    /* it is about rules or cases that did not run */
};

struct report_line {
    const char *path; /* of the baseline, as it was given; borrowed from the gate */
    const char *file; /* the same from the top of the sources, like report_step.source; likewise */
    unsigned number;  /* in the file, from 1 */
    char *text;       /* "PROBE RULE CASE OUTCOME", as the file has it */
    char *reason;     /* "": none was given */
    enum report_line_state state;
    const char *why; /* UNMATCHED: what of it names nothing; static */
};

/* The baseline, and whether the run is as it says. */
struct report_gate {
    char *path; /* NULL: the run had no gate */
    char *file; /* the same from the top of the sources, where it lies below that */
    bool holds;
    size_t listed; /* violations that lines list */
    struct report_line *lines;
    size_t lines_count;
};

struct report_example {
    unsigned complexity; /* simpler examples have less; for reports of shards */
    char *case_id;       /* "max/unsigned:max=0x80000000,target=0x40000010"; of a table the leaf */
    char *scenario_id;
    char *twin; /* what was changed, "EBX of 0x40000000 = 0x4b4d564b"; NULL: no twin */
    char *expected, *observed; /* a sentence each */
    uint32_t target, maximum;
    bool of_table;      /* the target is the leaf that is judged, */
    unsigned processor; /* on this one, and the trace is the rows that show it */
    struct report_step *trace;
    size_t trace_count;
    size_t trace_omitted; /* further executions that were not kept */
    struct report_instruction *listing;
    size_t listing_count;
    char *callers;     /* of the place that it hangs on, "top+0xe hv.c:3", innermost first; NULL:
                          none, or not known */
    char *source_file; /* of the deciding instruction, of what called it, or of the function; NULL:
                          unknown */
    unsigned source_line;
    struct report_quote *quote; /* lines around that one, where the file is below the source root */
    size_t quote_count;
    char *rerun; /* "hvspec trace ... " */
    struct report_leaf *leaves;
    size_t leaves_count;
    const struct report_line *line; /* of the gate's, which lists it; NULL: none does */
};

struct report_rule {
    const char *id; /* static: from the catalogue, like the next three */
    const char *level, *locator, *text, *why;
    enum report_verdict verdict;
    char *reason;        /* why not applicable, not exercised, excluded or in error; NULL: none */
    uint64_t cases;      /* that exercised it */
    uint64_t violations; /* cases in which it was broken */
    const char **violating_cases; /* ids of those cases, in case order; the ids are borrowed */
    size_t deviations; /* of those, the ones that are nonstrict though the rule is a must */
    const char **deviating_cases; /* theirs, likewise */
    const char **unlisted_cases;  /* with a gate: those of them that no line lists */
    size_t unlisted;
    const struct report_line **lines; /* of the gate's: those that list the others */
    size_t lines_count;
    uint64_t unanswered;             /* cases that would have exercised it but gave no answer */
    uint64_t errors;                 /* cases that the harness could not judge */
    struct report_example *examples; /* the simplest first; at most REPORT_EXAMPLES_MAX */
    size_t examples_count;
};
#define REPORT_EXAMPLES_MAX 3u

/* How one rule fared in one scenario: a cell of the matrix. */
struct report_cell {
    size_t cases;                   /* that exercised it */
    size_t violations;              /* cases in which it was broken */
    struct report_example *example; /* the simplest violation, unless the rule has it; NULL: none */
};
#define REPORT_CELL_EXAMPLES_MAX 500u /* of a probe: what bounds an HTML page */

/* How the questions of a scenario were answered, each asked alone from a fresh start with nothing
 * changed in the table: what the code does there today, whatever the rules say. */
struct report_plain {
    uint64_t questions;         /* asked; those in none of the other counts were answered rightly */
    uint64_t wrongly_available; /* what is absent was called available */
    uint64_t wrongly_absent;    /* what is available was called absent */
    uint64_t inexact;           /* right so far, with another value or another kind of absence */
    uint64_t unanswered;        /* no answer came */
    uint64_t unjudged;          /* the harness failed */
};

/* What one case of a part came to, as its report has it for merge. Both are borrowed. */
struct report_case {
    const char *states; /* a digit for each of the probe's rules */
    const char *cause;  /* why the harness could not judge it; NULL: it could */
};

/* One scenario's outcome for one probe: a verdict for each of the probe's rules, in their order. */
struct report_scenario {
    const char *id, *title; /* borrowed: live as long as the scenario set */
    uint64_t cases;
    const char **case_ids; /* of those that ran, in case order; borrowed too. NULL: not kept */
    struct report_case *results;   /* as many; NULL: not kept, since it is no part */
    enum report_verdict *verdicts; /* the probe's rules_count of them */
    struct report_cell *cells;     /* as many; NULL: not kept */
    struct report_example *shown;  /* a case that breaks no rule, run once; NULL: none was kept */
    struct report_plain plain;
    double seconds; /* that its cases took, all workers together */
};

/* One cause for which the harness could not judge cases. */
struct report_failure {
    char *cause;
    char *case_id; /* the first of the cases */
    size_t cases;
};

struct report_site {
    uint64_t address;
    char *symbol, *source; /* NULL: unknown */
    bool reached;
};

/* Failing values from `first` to `last`, a stride apart. */
struct report_range {
    uint32_t first, last;
};

/* What one rule showed while a register ran through its values. */
struct report_sweep_rule {
    const char *id;              /* as in the probe's rules */
    uint64_t runs;               /* in which it was judged */
    uint64_t unanswered;         /* that would have borne on it, but gave no answer */
    uint64_t failing;            /* values that break it */
    uint32_t last;               /* the last of them */
    size_t ranges_all;           /* ranges that they make, */
    struct report_range *ranges; /* the first of which are kept; neighbours are joined */
    size_t ranges_count;
};

enum report_sweep_verdict {
    REPORT_SWEEP_PROVEN,  /* every value of the register was run and holds */
    REPORT_SWEEP_HOLDS,   /* every value that was asked for */
    REPORT_SWEEP_FAILS,   /* there is a counterexample */
    REPORT_SWEEP_PARTIAL, /* stopped, and no counterexample so far */
    REPORT_SWEEP_ERROR,   /* the harness could not judge some value */
    REPORT_SWEEP_VERDICTS
};

/* One register that ran through values: EAX of 0x40000000 ("max") with the target implemented, or
 * EAX of the target ("eax") with a sufficient maximum. */
struct report_sweep {
    const char *what; /* static */
    uint32_t target, from, to, stride;
    enum report_sweep_verdict verdict;
    uint64_t values, wanted; /* run, and asked for: fewer were run when it was stopped */
    uint64_t unjudged;       /* of those run, which the harness failed on */
    uint32_t unjudged_first;
    char *unjudged_reason;           /* NULL: none */
    struct report_sweep_rule *rules; /* those that were judged, in the catalogue's order */
    size_t rules_count;
    char *scenario; /* file with the smallest counterexample; NULL: none */
};

/* Something that the caller said of the code, or of the machine that it runs on. */
struct report_statement {
    char *text;  /* "assume: {signature: KVMKVMKVM}" */
    char *limit; /* the same, maybe shorter: the verdict holds for this alone. NULL: it limits
                    nothing */
};

/* A bit of a leaf that is set. */
struct report_bit {
    const char *in; /* the register, "eax"; static or kept */
    unsigned bit;
    const char *name; /* static or kept; NULL: not known */
};

/* A leaf that a table implements: EAX is not 0, and it repeats no other leaf. */
struct report_feature {
    uint32_t leaf;
    const char *range;            /* whose it is, "VMware's"; static or kept */
    const char *meaning, *source; /* who defines it where; static or kept; NULL: not known */
    char *value;                  /* "TSC 3493.458 MHz, bus 66.000 MHz" */
    struct report_bit *bits;      /* of registers whose bits are known features */
    size_t bits_count;
};

/* A search for tables beside the cases. */
struct report_hunt {
    uint64_t wanted; /* calls of the probe that it was to make; 0: there was none */
    uint64_t runs;   /* made, fewer where they cost much; the report's runs are without them */
    uint64_t finds;  /* tables that break a rule */
    bool solver;     /* a solver was asked for such tables too */
};

/* A subject: a probe, or a CPUID table, of which `arch` is the dump's format and `entry` says how
 * many processors it shows. */
struct report_probe {
    bool is_table;
    char *name, *file, *sha256, *arch, *entry;
    char *call_sha256; /* of how it is called and its answer is read, but for the budget; NULL: a
                          table */
    uint64_t budget;   /* instructions that one call may execute */
    uint64_t
        left_out; /* cases that did not run, in no part of the run, as all would cost too much */
    struct report_hunt hunt;
    enum report_verdict verdict; /* pass, fail or error; nonstrict counts as fail when strict */
    struct report_site *sites;
    size_t sites_count;
    struct report_rule *rules; /* the selected ones, in catalogue order */
    size_t rules_count;
    struct report_scenario *scenarios; /* sorted by id */
    size_t scenarios_count;
    struct report_statement *statements; /* what the verdict is given for */
    size_t statements_count;
    struct report_failure *failures; /* each cause once, in the order of their first cases */
    size_t failures_count;
    char **notes; /* what a reader must know: exclusions, what a sweep showed */
    size_t notes_count;
    struct report_feature *features; /* of a table, by leaf, as its first processor has them */
    size_t features_count;
    char *vendor;               /* of a table: its signature as text */
    uint32_t maximum;           /* and its maximum, */
    struct report_leaf *leaves; /* and the map of what it shows of the block */
    size_t leaves_count;
    struct report_sweep *sweeps; /* of `sweep` only, whose scenarios and cases are not listed */
    size_t sweeps_count;
};

struct report {
    const char *version; /* of hvspec; static */
    uint64_t seed;
    bool strict;
    const char *profile;         /* NULL: none */
    struct report_probe *probes; /* in the order given */
    size_t probes_count;
    uint64_t cases;  /* cases x probes */
    uint64_t runs;   /* calls of probes, twins included */
    uint64_t errors; /* cases that the harness could not judge: exit 3 */
    struct report_gate gate;
    bool hunted; /* of a hunt, in which nothing conforms: it finds something or not */
    bool proves; /* of a proof: nothing was tried, and a rule in error is one that is open */
    bool timed;  /* on request: what took how long is told, so no two reports are the same */
    size_t slowest_most;       /* scenarios whose time the console tells; 0: all */
    char *cunit;               /* CUnit's own XML of the run; NULL: not kept */
    unsigned shard, shards;    /* this part, 1 to `shards`, of all cases; 0, 0: all */
    char scenarios_sha256[65]; /* of all cases or values, whichever ran; only when shards > 0 */
    bool some_scenarios;       /* those of others were left out on request; only when shards > 0 */
    char **borrowed;           /* owned: texts that it borrows elsewhere; see report_keep */
    size_t borrowed_count;
};

/* How a stream wants it. */
struct report_style {
    bool colour;
    unsigned width; /* columns; 0: unknown, do not wrap */
    int verbosity;  /* -1 quiet, 0, 1, 2 */
};

/* What a report is of; check, sweep and prove give a run's. */
enum report_kind { REPORT_OF_RUN, REPORT_OF_AUDIT, REPORT_OF_HUNT, REPORT_KINDS };

/* A report of any kind, borrowed. */
struct audit_report;
struct hunt_report;
struct report_any {
    enum report_kind kind;
    union {
        const struct report *run;
        const struct audit_report *audit;
        const struct hunt_report *hunt;
    } of;
};

/* One row per format: what writes each kind of report in it, false when the stream failed or memory
 * ran out. NULL: that kind is not written so. */
struct report_format {
    const char *name; /* "json" */
    const char *help; /* a line for `hvspec help check` */
    bool (*write)(const struct report *report, const struct report_style *style, FILE *stream);
    bool (*write_audit)(const struct audit_report *report, const struct report_style *style,
                        FILE *stream);
    bool (*write_hunt)(const struct hunt_report *report, const struct report_style *style,
                       FILE *stream);
};
extern const struct report_format report_formats[];
extern const size_t report_formats_count;

/* NULL: no such format. */
const struct report_format *report_format_find(const char *name);

/* Whether reports of a kind are written so; of REPORT_KINDS: those of any. */
bool report_format_has(const struct report_format *format, enum report_kind kind);

/* "an audit": what the kind's reports are of. */
const char *report_kind_text(enum report_kind kind);

const char *report_verdict_text(enum report_verdict verdict);

/* True for a verdict that fails the run: fail, and nonstrict when the report is strict. */
bool report_fails(const struct report *report, enum report_verdict verdict);

/* True for a probe in error none of whose rules is: formats that list rules need a line of its own
 * for it, or they would be green. */
bool report_error_is_unlisted(const struct report_probe *probe);

/* "EAX: kvmclock, bit 30 of no known meaning; EDX: ...": the bits of a table's leaf; nothing of one
 * that has none. */
void report_write_bits(FILE *stream, const struct report_feature *feature);

/* Adds one part's answers to the sum. */
void report_add_plain(struct report_plain *sum, const struct report_plain *part);

/* Of the questions, those that were answered wrongly or not at all. */
uint64_t report_plain_wrong(const struct report_plain *plain);

const char *report_sweep_verdict_text(enum report_sweep_verdict verdict);

/* Frees a list of statements and their texts. */
void report_clear_statements(struct report_statement *statements, size_t count);

/* What limits a probe's verdict, "assume: {signature: KVMKVMKVM}; decides: maximum", and of a whole
 * report what limits its only probe, or that several are limited, each by what is told beside it.
 * The caller frees; NULL: nothing does, or out of memory (then *lost). */
char *report_probe_limits(const struct report_probe *probe, bool *lost);
char *report_statements_limits(const struct report_statement *statements, size_t count, bool *lost);
char *report_limits(const struct report *report, bool *lost);

/* True for a sweep that was stopped ahead of its end: no proof of anything. */
bool report_is_partial(const struct report *report);

/* Cases of all probes that were left out, as all would cost too much. */
uint64_t report_left_out(const struct report *report);

/* How many rules of all probes have each verdict. */
void report_count(const struct report *report, size_t counts[REPORT_VERDICTS]);

/* A cause in a sentence, "2657 cases could not be judged: CAUSE (first CASE)". The caller frees;
 * NULL: out of memory. */
char *report_failure_text(const struct report_failure *failure);

/* What the probes are worth, as an exit code: 3 when anything is in error or partial, else
 * 1 when a probe fails, 2 when of some subject nothing that could be red was judged (of a part: of
 * all), else 0. */
int report_conformance(const struct report *report);

/* Whether some rule of the subject that could have been red was judged; and of how many subjects
 * none was. */
bool report_is_exercised(const struct report_probe *probe);
size_t report_unexercised(const struct report *report);

/* Whether that alone keeps the run from conforming: no verdict of the subject's says so. */
bool report_lacks(const struct report *report, const struct report_probe *probe);
#define REPORT_LACKS "nothing that could fail was judged, which is no pass"

/* The process's exit code: the same, except that a gate decides between 0 and 1. */
int report_exit_code(const struct report *report);

/* The same in words, for the last line of every format: "conforms", or of a part of a run "part 2
 * of 4 holds"; the text is static or written to `text`. The result is the gate's where it decides,
 * "gate holds for part 2 of 4", and the part is NULL when the run is whole. */
#define REPORT_RESULT_SIZE 64u
const char *report_conformance_text(const struct report *report, char text[REPORT_RESULT_SIZE]);
const char *report_result_text(const struct report *report, char text[REPORT_RESULT_SIZE]);
const char *report_part_text(const struct report *report, char text[REPORT_RESULT_SIZE]);

/* True for a rule whose violations are all listed in the baseline. */
bool report_is_listed(const struct report_rule *rule);

/* True for a rule that fails the run: by its verdict, and not listed. */
bool report_rule_fails(const struct report *report, const struct report_rule *rule);

/* Why the gate lets a rule's listed violations pass, "signed compare, #12 (known.txt:3)": the
 * reasons that its lines give, and where the first stands. The caller frees; NULL: out of memory.
 */
char *report_listed_text(const struct report_rule *rule);

/* True for a line that fails the gate. */
bool report_line_fails(const struct report_line *line);

/* What is wrong with a line that fails the gate; static. */
const char *report_line_text(const struct report_line *line);

/* Leaves of all probes the rules that `wanted` says, and scenarios what they say of these. */
void report_leave_rules(struct report *report, bool (*wanted)(const void *context, const char *id),
                        const void *context);

/* Reads a report that the JSON writer wrote into a zeroed one, to be cleared either way. False with
 * errors noted: it is none. */
struct errors;
bool report_read_json(const char *path, struct report *report, struct errors *errors);

/* Has the report keep a text, taken over, that it only borrows elsewhere; returns it. NULL: out of
 * memory, also when `text` is NULL. */
const char *report_keep(struct report *report, char *text);

/* Frees everything the report owns. */
void report_clear(struct report *report);

/* Frees the gate alone, and all that refers to it. */
void report_clear_gate(struct report *report);

/* Frees what one example owns, for those that stand outside a report. */
void report_example_clear(struct report_example *example);

/* Writes a report to `path` ("-": standard output), in a format that its kind has: beside it, then
 * renamed, so that the file appears complete or not at all. False with a reason in errors (caller
 * owns). */
bool report_save(const struct report_any *report, const struct report_format *format,
                 const struct report_style *style, const char *path, struct errors *errors);

/* The same for what `write` writes, with `noun` ("report") for errors. */
bool report_save_written(bool (*write)(const void *context, FILE *stream), const void *context,
                         const char *noun, const char *path, struct errors *errors);

/* The same for a text that is no report; `noun` ("baseline") names it in errors. */
bool report_save_text(const char *text, const char *noun, const char *path, struct errors *errors);

#endif
