/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/suite/internal.h"

#include "harness/assemble/example.h"
#include "harness/assemble/suite_tally.h"

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

bool suite_violates(const struct suite_task *task, enum rule_id id) {
    return (task->states[id] & (FINDING_VIOLATED | FINDING_DEVIATES)) != 0;
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
    struct suite_making making = {suite, disassembly, source};
    struct tally tally = {0};
    bool done;

    suite_sort_sites(suite, index);
    done = disassembly && source && source_line_set_root(source, suite->options->source_root) &&
           suite_name_probe(probe, out) && suite_tally(suite, index, report, &making, &tally) &&
           tally_fill(&tally, out) && suite_fill_sites(suite, index, disassembly, source, out) &&
           suite_fill_process(probe, out) && suite_fill_exclusions(probe, out) &&
           suite_fill_assumed(suite, index, out) &&
           suite_fill_machine(suite, index, disassembly, out) &&
           suite_fill_signs(suite, index, out) && suite_fill_left_out(suite, index, out) &&
           suite_fill_unstarted(suite, index, out) && suite_fill_hunt(suite, index, out);
    if (done) {
        report->errors += tally_errors(&tally);
        out->verdict = suite_probe_verdict(out, suite->options->strict, tally_errors(&tally));
    }
    suite_tally_clear(&tally);
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
