/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/suite/internal.h"

#include "harness/assemble/example.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *suite_arch(const struct image *image) {
    return image->mode == IMAGE_64 ? "x86-64" : image->mode == IMAGE_32 ? "i386" : "i8086";
}

bool suite_rule_applies(const struct suite *suite, const struct probe *probe, enum rule_id rule,
                        const char **reason) {
    return suite_judges(probe, rule, suite->options->profile, reason);
}

bool suite_judges(const struct probe *probe, enum rule_id rule, const char *profile,
                  const char **reason) {
    const struct {
        enum rule_need need;
        bool met;
        const char *reason;
    } needs[] = {
        {RULE_NEEDS_STEP_2, !probe->form.maximum_only,
         "the probe answers step 1 alone (decides: maximum)"},
        {RULE_NEEDS_VALUE, probe_reports_value(probe), "the probe reports no value"},
        {RULE_NEEDS_NAMES, probe_names_outcome(probe),
         "the probe does not tell \"not available\" from \"not implemented\""},
        {RULE_NEEDS_ANY_TARGET, probe->targets_count == 0,
         "the probe answers for its own targets only"},
        {RULE_NEEDS_ABI, probe->has_abi, "without a C ABI no register has to be kept"},
    };

    *reason = probe->is_program ? rules[rule].no_program : NULL;
    if (rules[rule].about_tables)
        *reason = "judged on CPUID tables, not on probes";
    else if (rules[rule].profile && (!profile || strcmp(profile, rules[rule].profile) != 0))
        *reason = "judged only with --profile presence";
    for (size_t i = 0; i < sizeof needs / sizeof needs[0] && !*reason; i++) {
        if ((rules[rule].needs & needs[i].need) && !needs[i].met)
            *reason = needs[i].reason;
    }
    if (!*reason)
        *reason = probe->assumed[rule];
    for (size_t i = 0; i < probe->exclusions_count && !*reason; i++) {
        if (probe->exclusions[i].rule == rule)
            *reason = probe->exclusions[i].reason;
    }
    return !*reason;
}

void suite_judged(const struct probe *probe, const bool selected[RULES], const char *profile,
                  bool judged[RULES]) {
    const char *reason;

    for (unsigned rule = 0; rule < RULES; rule++)
        judged[rule] = (!selected || selected[rule]) && suite_judges(probe, rule, profile, &reason);
}

enum report_verdict suite_violated_verdict(enum rule_id rule, unsigned states) {
    if (rules[rule].level == RULE_MUST)
        return states & FINDING_VIOLATED ? REPORT_FAIL : REPORT_NONSTRICT;
    return rules[rule].level == RULE_SHOULD ? REPORT_NONSTRICT : REPORT_INFO;
}

static bool suite_reason(struct report_rule *rule, enum report_verdict verdict, uint64_t part,
                         uint64_t whole, const char *text) {
    rule->verdict = verdict;
    if (asprintf(&rule->reason, "%" PRIu64 " of %" PRIu64 " cases %s", part, whole, text) < 0)
        rule->reason = NULL;
    return rule->reason != NULL;
}

#define SUITE_UNJUDGED "could not be judged"

/* Without the cause, which may be an instruction that the emulator lacks, a reader has to look for
 * it among the notes. */
static bool suite_reason_unjudged(struct report_rule *rule, const char *cause) {
    char *text;
    bool done;

    if (!cause)
        return suite_reason(rule, REPORT_ERROR, rule->errors, rule->errors, SUITE_UNJUDGED);
    if (asprintf(&text, SUITE_UNJUDGED ": %s", cause) < 0)
        return false;
    done = suite_reason(rule, REPORT_ERROR, rule->errors, rule->errors, text);
    free(text);
    return done;
}

const char *suite_cause_of(const struct report_rule *rule) {
    const char *at = rule->reason && rule->verdict == REPORT_ERROR
                         ? strstr(rule->reason, SUITE_UNJUDGED ": ")
                         : NULL;

    return at ? at + strlen(SUITE_UNJUDGED ": ") : NULL;
}

const char *suite_first_cause(const char *cause, const char *other) {
    return !cause || (other && strcmp(other, cause) < 0) ? other : cause;
}

/* A rule is judged on the cases that answered, and those that did not are counted beside it: they
 * break a platform rule, or where that does not count a step's. Never a pass when nothing bore on
 * it. */
bool suite_decide(struct report_rule *rule, enum rule_id id, const char *cause) {
    static const char *const unanswered = "gave no answer: see the platform rules";
    size_t all = rule->unanswered + rule->cases;

    if (rule->violations > 0)
        rule->verdict = suite_violated_verdict(
            id, rule->violations > rule->deviations ? FINDING_VIOLATED : FINDING_DEVIATES);
    else if (rule->cases > 0)
        rule->verdict = REPORT_PASS;
    else if (rule->unanswered > 0)
        rule->verdict = REPORT_NOT_EXERCISED;
    if (rule->unanswered > 0)
        return suite_reason(rule, rule->verdict, rule->unanswered, all, unanswered);
    if (rule->violations > 0 || rule->cases > 0)
        return true;
    if (rule->errors > 0)
        return suite_reason_unjudged(rule, cause);
    rule->verdict = REPORT_NOT_EXERCISED;
    return true;
}

bool suite_violates(const struct suite_task *task, enum rule_id id) {
    return (task->states[id] & (FINDING_VIOLATED | FINDING_DEVIATES)) != 0;
}

/* Whether it did no more than what is nonstrict of a must. */
static bool suite_deviates(const struct suite_task *task, enum rule_id id) {
    return suite_violates(task, id) && !(task->states[id] & FINDING_VIOLATED);
}

static bool suite_fill_violating_cases(const struct suite *suite, size_t probe, enum rule_id id,
                                       struct report_rule *rule) {
    rule->violating_cases = calloc(rule->violations + 1, sizeof *rule->violating_cases);
    rule->deviating_cases = calloc(rule->deviations + 1, sizeof *rule->deviating_cases);
    if (!rule->violating_cases || !rule->deviating_cases)
        return false;
    rule->violations = rule->deviations = 0;
    for (size_t i = suite->tasks_first[probe]; i < suite->tasks_first[probe + 1]; i++) {
        const struct suite_task *task = &suite->tasks[i];
        const char *id_of = suite_case(suite, task)->id;

        if (!suite_violates(task, id))
            continue;
        rule->violating_cases[rule->violations++] = id_of;
        if (suite_deviates(task, id))
            rule->deviating_cases[rule->deviations++] = id_of;
    }
    return true;
}

/* Broken rules that did not count in the case, so that others had to answer for it: " -x RULE"
 * each. Freed by the caller; NULL: out of memory. */
static char *suite_uncounted(const struct suite *suite, size_t index) {
    const struct suite_task *task = &suite->tasks[index];
    const char *reason;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    for (unsigned rule = 0; stream && rule < RULES; rule++) {
        if (suite_violates(task, rule) &&
            suite_rule_applies(suite, suite->probes[task->probe], rule, &reason) &&
            (!suite->options->selected[rule] ||
             suite_is_listed(suite, index, rule, FINDING_VIOLATED)))
            fprintf(stream, " -x %s", rules[rule].id);
    }
    return memstream_close(stream, &text) ? text : NULL;
}

bool suite_fill_example(const struct suite *suite, const struct suite_example *example,
                        struct disassembly *disassembly, struct source_line *source,
                        struct report_example *out) {
    const struct suite_task *task = &suite->tasks[example->task];
    const struct scenario *scenario = &suite_set(suite, task->probe)->scenarios[task->scenario];
    const enum rule_id rule = example->violation->rule;
    const bool is_listed = suite_is_listed(suite, example->task, rule, task->states[rule]);
    /* What is listed is shown as it is without the list. */
    char *options = is_listed ? strdup("") : suite_uncounted(suite, example->task);
    const struct example_case from = {.probe = suite->probes[task->probe],
                                      .scenario = scenario,
                                      .test = &scenario->cases[task->test],
                                      .seed = suite->options->seed,
                                      .options = options};
    bool done = options && example_fill(&from, example->violation, disassembly, source, out);

    free(options);
    return done;
}

void suite_describe_rule(enum rule_id id, struct report_rule *rule) {
    *rule = (struct report_rule){.id = rules[id].id,
                                 .level = rule_level_text(rules[id].level),
                                 .locator = rules[id].locator,
                                 .text = rules[id].text,
                                 .why = rules[id].why};
}

static bool suite_fill_rule(const struct suite *suite, size_t probe, enum rule_id id,
                            struct disassembly *disassembly, struct source_line *source,
                            struct report_rule *rule) {
    const struct suite_examples *examples = &suite->examples[probe][id];
    const char *reason, *cause = NULL;

    suite_describe_rule(id, rule);
    if (!suite_rule_applies(suite, suite->probes[probe], id, &reason)) {
        rule->verdict = REPORT_NOT_APPLICABLE;
        rule->reason = strdup(reason);
        return rule->reason != NULL;
    }
    for (size_t i = suite->tasks_first[probe]; i < suite->tasks_first[probe + 1]; i++) {
        const struct suite_task *task = &suite->tasks[i];

        rule->errors += task->failure != NULL;
        cause = suite_first_cause(cause, task->failure);
        rule->cases += (task->states[id] & FINDING_EXERCISED) != 0;
        rule->violations += suite_violates(task, id);
        rule->deviations += suite_deviates(task, id);
        rule->unanswered +=
            (task->states[id] & (FINDING_UNANSWERED | FINDING_EXERCISED)) == FINDING_UNANSWERED;
    }
    rule->examples = calloc(examples->count + 1, sizeof *rule->examples);
    if (!rule->examples || !suite_fill_violating_cases(suite, probe, id, rule) ||
        !suite_decide(rule, id, cause))
        return false;
    for (size_t i = 0; i < examples->count; i++) {
        rule->examples_count++;
        if (!suite_fill_example(suite, &examples->best[i], disassembly, source, &rule->examples[i]))
            return false;
        rule->examples[i].complexity = examples->best[i].complexity;
    }
    return true;
}

/* --- Scenarios: a verdict for each rule. --- */

/* Of the scenario whose tasks are `first` to `last` - 1. */
static enum report_verdict suite_scenario_verdict(const struct suite *suite, size_t probe,
                                                  size_t first, size_t last, enum rule_id id) {
    bool exercised = false, failed = false;
    unsigned states = 0;
    const char *reason;

    if (!suite_rule_applies(suite, suite->probes[probe], id, &reason))
        return REPORT_NOT_APPLICABLE;
    for (size_t i = first; i < last; i++) {
        const struct suite_task *task = &suite->tasks[i];

        exercised |= (task->states[id] & FINDING_EXERCISED) != 0;
        states |= task->states[id];
        failed |= task->failure != NULL;
    }
    return states & (FINDING_VIOLATED | FINDING_DEVIATES) ? suite_violated_verdict(id, states)
           : exercised                                    ? REPORT_PASS
           : failed                                       ? REPORT_ERROR
                                                          : REPORT_NOT_EXERCISED;
}

static bool suite_fill_scenario(const struct suite *suite, size_t probe, size_t first, size_t last,
                                struct report_scenario *out) {
    const struct scenario *from = &suite_set(suite, probe)->scenarios[suite->tasks[first].scenario];
    size_t at = 0;

    out->id = from->id;
    out->title = from->title;
    out->cases = last - first;
    out->verdicts = calloc(RULES, sizeof *out->verdicts);
    out->case_ids = calloc(out->cases, sizeof *out->case_ids);
    if (!out->verdicts || !out->case_ids)
        return false;
    for (size_t i = first; i < last; i++) {
        out->case_ids[i - first] = suite_case(suite, &suite->tasks[i])->id;
        out->seconds += suite->tasks[i].seconds;
    }
    suite_fill_plain(suite, first, last, &out->plain);
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (suite->options->selected[rule])
            out->verdicts[at++] = suite_scenario_verdict(suite, probe, first, last, rule);
    }
    return true;
}

static bool suite_fill_scenarios(const struct suite *suite, size_t probe,
                                 struct disassembly *disassembly, struct source_line *source,
                                 struct report_probe *out) {
    size_t examples_left = REPORT_CELL_EXAMPLES_MAX, last = suite->tasks_first[probe + 1], end;

    out->scenarios = calloc(suite_set(suite, probe)->count + 1, sizeof *out->scenarios);
    if (!out->scenarios)
        return false;
    for (size_t first = suite->tasks_first[probe]; first < last; first = end) {
        struct report_scenario *scenario = &out->scenarios[out->scenarios_count++];

        end = suite_scenario_end(suite, first, last);
        if (!suite_fill_scenario(suite, probe, first, end, scenario) ||
            (suite->cells && !suite_fill_cells(suite, first, end, disassembly, source, out,
                                               &examples_left, scenario)))
            return false;
    }
    return true;
}

/* --- Probes. --- */

bool suite_add_note(struct report_probe *out, char *text) {
    char **notes = realloc(out->notes, (out->notes_count + 1) * sizeof *notes);

    if (!notes || !text) {
        free(text);
        return false;
    }
    out->notes = notes;
    notes[out->notes_count++] = text;
    return true;
}

static bool suite_add_failure(struct report_probe *out, const char *cause, const char *case_id) {
    struct report_failure *failures = out->failures, *failure;

    for (size_t i = 0; i < out->failures_count; i++) {
        if (strcmp(failures[i].cause, cause) == 0) {
            failures[i].cases++;
            return true;
        }
    }
    failures = realloc(failures, (out->failures_count + 1) * sizeof *failures);
    if (!failures)
        return false;
    out->failures = failures;
    failure = &failures[out->failures_count++];
    *failure = (struct report_failure){strdup(cause), strdup(case_id), 1};
    return failure->cause && failure->case_id;
}

/* Each cause once, however many cases it stopped. */
static bool suite_fill_failures(const struct suite *suite, size_t probe, struct report *report,
                                struct report_probe *out) {
    for (size_t i = suite->tasks_first[probe]; i < suite->tasks_first[probe + 1]; i++) {
        const struct suite_task *task = &suite->tasks[i];

        if (!task->failure)
            continue;
        report->errors++;
        if (!suite_add_failure(out, task->failure, suite_case(suite, task)->id))
            return false;
    }
    return true;
}

/* Which way the code was run, when it was not called alone. */
static bool suite_fill_process(const struct probe *probe, struct report_probe *out) {
    return !probe->setup.process || suite_add_note(out, probe_process_text(probe));
}

/* Where the manifest rather than the code may be wrong, and what is left open. */
static bool suite_fill_signs(const struct suite *suite, size_t probe, struct report_probe *out) {
    struct signs signs = suite->signs[probe];

    for (size_t i = 0; i < out->rules_count; i++)
        signs.fails |= out->rules[i].verdict == REPORT_FAIL;
    for (size_t i = 0;; i++) {
        bool lost;
        char *text = signs_text(&signs, suite->probes[probe], i, &lost);

        if (!text)
            return !lost;
        if (!suite_add_note(out, text))
            return false;
    }
}

static bool suite_fill_exclusions(const struct probe *probe, struct report_probe *out) {
    for (size_t i = 0; i < probe->exclusions_count; i++) {
        char *text;

        if (asprintf(&text, "%s is excluded by the manifest: %s",
                     rules[probe->exclusions[i].rule].id, probe->exclusions[i].reason) < 0 ||
            !suite_add_note(out, text))
            return false;
    }
    return true;
}

enum report_verdict suite_probe_verdict(const struct report_probe *out, bool strict,
                                        uint64_t errors) {
    for (size_t i = 0; i < out->rules_count; i++) {
        if (out->rules[i].verdict == REPORT_FAIL ||
            (out->rules[i].verdict == REPORT_NONSTRICT && strict))
            return REPORT_FAIL;
    }
    if (errors > 0)
        return REPORT_ERROR;
    for (size_t i = 0; i < out->rules_count; i++) {
        if (out->rules[i].cases > 0)
            return REPORT_PASS;
    }
    return REPORT_NOT_EXERCISED;
}

static bool suite_fill_rules(const struct suite *suite, size_t probe,
                             struct disassembly *disassembly, struct source_line *source,
                             struct report_probe *out) {
    out->rules = calloc(RULES, sizeof *out->rules);
    for (unsigned rule = 0; out->rules && rule < RULES; rule++) {
        if (suite->options->selected[rule] &&
            !suite_fill_rule(suite, probe, rule, disassembly, source,
                             &out->rules[out->rules_count++]))
            return false;
    }
    return out->rules != NULL;
}

bool suite_name_probe(const struct probe *probe, struct report_probe *out) {
    char call[SHA256_TEXT_SIZE];

    out->call_sha256 = probe_hash_call(probe, call) ? strdup(call) : NULL;
    out->budget = probe_budget(probe);
    out->name = strdup(probe->name);
    out->file = strdup(probe->path);
    out->sha256 = strdup(probe->image->sha256);
    out->arch = strdup(suite_arch(probe->image));
    out->entry = strdup(probe->entry);
    return out->name && out->file && out->sha256 && out->call_sha256 && out->arch && out->entry &&
           suite_copy_statements(probe, &out->statements, &out->statements_count);
}

static bool suite_fill_probe(const struct suite *suite, size_t index, struct report *report,
                             struct report_probe *out) {
    const struct probe *probe = suite->probes[index];
    struct disassembly *disassembly = disassembly_open(probe->image->mode);
    struct source_line *source = source_line_open(probe->image);
    uint64_t errors = report->errors;
    bool done;

    suite_sort_sites(suite, index);
    done = disassembly && source && source_line_set_root(source, suite->options->source_root) &&
           suite_name_probe(probe, out) &&
           suite_fill_rules(suite, index, disassembly, source, out) &&
           suite_fill_scenarios(suite, index, disassembly, source, out) &&
           suite_fill_sites(suite, index, disassembly, source, out) &&
           suite_fill_process(probe, out) && suite_fill_exclusions(probe, out) &&
           suite_fill_assumed(suite, index, out) &&
           suite_fill_machine(suite, index, disassembly, out) &&
           suite_fill_signs(suite, index, out) &&
           suite_fill_left_out(suite, index, out) && suite_fill_unstarted(suite, index, out) &&
           suite_fill_hunt(suite, index, out) && suite_fill_failures(suite, index, report, out);
    out->verdict = suite_probe_verdict(out, suite->options->strict, report->errors - errors);
    disassembly_close(disassembly);
    source_line_close(source);
    return done;
}

bool suite_fill_report(const struct suite *suite, struct report *report) {
    report->version = HVSPEC_VERSION;
    report->seed = suite->options->seed;
    report->strict = suite->options->strict;
    report->profile = suite->options->profile;
    report->cases = suite->tasks_done;
    report->shard = suite->options->shard;
    report->shards = suite->options->shards;
    report->some_scenarios = suite->options->some_scenarios;
    if (report->shards > 0 && !suite_hash_scenarios(suite->set, report->scenarios_sha256))
        return false;
    report->runs = suite->runs;
    report->probes = calloc(suite->probes_count, sizeof *report->probes);
    for (size_t i = 0; report->probes && i < suite->probes_count; i++) {
        if (!suite_fill_probe(suite, i, report, &report->probes[report->probes_count++]))
            return false;
    }
    return report->probes != NULL;
}
