/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/set.h"

#include "base/path_below.h"
#include "base/shell_quote.h"
#include "harness/table/offer.h"

#include <stdlib.h>
#include <string.h>

/* Findings as the report's model has them: a table is a subject as a probe is, a leaf is a case. */

#define REPORT_TABLE_SCENARIO "table"

struct report_filling {
    const struct table_subject *subject;
    const char *source; /* the dump, from the top of the sources */
    const struct table_findings *findings;
    struct report *report;
    struct report_probe *out;
};

static enum report_verdict report_of_outcome(enum table_outcome outcome) {
    static const enum report_verdict verdicts[] = {[TABLE_HOLDS] = REPORT_PASS,
                                                   [TABLE_INFO] = REPORT_INFO,
                                                   [TABLE_NONSTRICT] = REPORT_NONSTRICT,
                                                   [TABLE_FAILS] = REPORT_FAIL};

    return verdicts[outcome];
}

static bool report_add_note(struct report_probe *out, char *text) {
    char **notes = text ? realloc(out->notes, (out->notes_count + 1) * sizeof *notes) : NULL;

    if (!notes) {
        free(text);
        return false;
    }
    out->notes = notes;
    notes[out->notes_count++] = text;
    return true;
}

/* --- Examples. --- */

static bool report_fill_step(const char *source, const struct dump_row *row,
                             struct report_step *step) {
    *step = (struct report_step){.address = REPORT_NO_ADDRESS,
                                 .leaf = row->leaf,
                                 .subleaf = row->subleaf,
                                 .eax = row->values.eax,
                                 .ebx = row->values.ebx,
                                 .ecx = row->values.ecx,
                                 .edx = row->values.edx};
    if (row->line > 0 && asprintf(&step->source, "%s:%u", source, row->line) < 0)
        step->source = NULL;
    return step->source || row->line == 0;
}

/* The command that shows this violation alone. */
static char *report_rerun(const struct table_subject *subject, enum rule_id rule) {
    char *path = shell_quote_path(subject->given), *command;

    if (!path)
        return NULL;
    if (asprintf(&command, "hvspec check -r %s %s", rules[rule].id,
                 strcmp(subject->given, "-") == 0 ? "-" : path) < 0)
        command = NULL;
    free(path);
    return command;
}

static bool report_fill_example(const struct report_filling *filling, enum rule_id rule,
                                const struct table_case *from, struct report_example *example) {
    const struct dump_row *deciding = from->shown_count > 0 ? from->shown[0] : NULL;
    bool done;

    *example = (struct report_example){.complexity = from->leaf,
                                       .scenario_id = strdup(REPORT_TABLE_SCENARIO),
                                       .expected = strdup(from->expected),
                                       .observed = strdup(from->observed),
                                       .target = from->leaf,
                                       .maximum = from->maximum,
                                       .of_table = true,
                                       .processor = from->processor,
                                       .rerun = report_rerun(filling->subject, rule),
                                       .trace = calloc(TABLE_SHOWN_MAX, sizeof *example->trace)};
    if (asprintf(&example->case_id, "0x%08x", (unsigned)from->leaf) < 0)
        example->case_id = NULL;
    done = example->scenario_id && example->expected && example->observed && example->rerun &&
           example->trace && example->case_id;
    for (size_t i = 0; done && i < from->shown_count; i++)
        done = report_fill_step(filling->source, from->shown[i],
                                &example->trace[example->trace_count++]);
    if (!done)
        return false;
    if (example->trace_count > 0)
        example->trace[0].deciding = true;
    if (deciding && deciding->line > 0) {
        example->source_file = strdup(filling->source);
        example->source_line = deciding->line;
    }
    return example->source_file || !deciding || deciding->line == 0;
}

/* --- Rules. --- */

/* The id of a leaf's case, kept by the report. */
static const char *report_case_id(struct report *report, uint32_t leaf) {
    char *text;

    return report_keep(report, asprintf(&text, "0x%08x", (unsigned)leaf) < 0 ? NULL : text);
}

/* One of the rule's violations; the examples are of the gravest outcome. */
static bool report_fill_violation(struct report_filling *filling, enum rule_id id,
                                  const struct table_case *from, enum table_outcome gravest,
                                  struct report_rule *rule) {
    const char *case_id = report_case_id(filling->report, from->leaf);

    rule->violating_cases[rule->violations++] = case_id;
    if (rules[id].deviates && from->outcome == TABLE_NONSTRICT)
        rule->deviating_cases[rule->deviations++] = case_id;
    return case_id &&
           (from->outcome != gravest || rule->examples_count == REPORT_EXAMPLES_MAX ||
            report_fill_example(filling, id, from, &rule->examples[rule->examples_count++]));
}

/* Of a rule that is broken: what breaks it, by leaf. */
static bool report_fill_violations(struct report_filling *filling, enum rule_id id,
                                   enum table_outcome gravest, size_t broken, size_t deviating,
                                   struct report_rule *rule) {
    const struct table_verdict *verdict = &filling->findings->verdicts[id];
    enum table_outcome least = gravest == TABLE_INFO ? TABLE_INFO : TABLE_NONSTRICT;
    bool done;

    rule->violating_cases = calloc(broken + 1, sizeof *rule->violating_cases);
    rule->deviating_cases = calloc(deviating + 1, sizeof *rule->deviating_cases);
    rule->examples = calloc(REPORT_EXAMPLES_MAX, sizeof *rule->examples);
    done = rule->violating_cases && rule->deviating_cases && rule->examples;
    for (size_t i = 0; done && i < TABLE_LEAVES; i++)
        done = verdict->cases[i].outcome < least ||
               report_fill_violation(filling, id, &verdict->cases[i], gravest, rule);
    return done;
}

static const char *report_exclusion(const struct table_subject *subject, enum rule_id rule) {
    for (size_t i = 0; i < subject->exclusions_count; i++) {
        if (subject->exclusions[i].rule == rule)
            return subject->exclusions[i].reason;
    }
    return NULL;
}

static bool report_fill_rule(struct report_filling *filling, enum rule_id id,
                             struct report_rule *rule) {
    const struct table_verdict *verdict = &filling->findings->verdicts[id];
    const char *excluded = report_exclusion(filling->subject, id);
    enum table_outcome outcome;
    size_t judged, broken, deviating;

    *rule = (struct report_rule){.id = rules[id].id,
                                 .level = rule_level_text(rules[id].level),
                                 .locator = rules[id].locator,
                                 .text = rules[id].text,
                                 .why = rules[id].why};
    if (excluded) {
        rule->verdict = REPORT_NOT_APPLICABLE;
        rule->reason = strdup(excluded);
        return rule->reason != NULL;
    }
    outcome = table_outcome_of(verdict, &judged, &broken, &deviating);
    rule->cases = judged;
    rule->verdict = rule->cases > 0 ? report_of_outcome(outcome) : REPORT_NOT_EXERCISED;
    if (rule->cases == 0 && verdict->reason) {
        rule->reason = strdup(verdict->reason);
        return rule->reason != NULL;
    }
    return broken == 0 || report_fill_violations(filling, id, outcome, broken, deviating, rule);
}

/* --- The leaves as cases of one scenario. --- */

static bool report_is_judged(const struct report_filling *filling, uint32_t leaf) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        const struct table_case *from =
            &filling->findings->verdicts[rule].cases[leaf % TABLE_LEAVES];

        if (from->judged && from->leaf == leaf)
            return true;
    }
    return false;
}

static bool report_fill_scenario(struct report_filling *filling) {
    struct report_probe *out = filling->out;
    struct report_scenario *scenario = out->scenarios = calloc(1, sizeof *scenario);

    if (!scenario)
        return false;
    out->scenarios_count = 1;
    scenario->id = REPORT_TABLE_SCENARIO;
    scenario->title = "The leaves that the dump shows";
    scenario->verdicts = calloc(out->rules_count + 1, sizeof *scenario->verdicts);
    scenario->case_ids = calloc(TABLE_LEAVES + 1, sizeof *scenario->case_ids);
    if (!scenario->verdicts || !scenario->case_ids)
        return false;
    for (size_t i = 0; i < out->rules_count; i++)
        scenario->verdicts[i] = out->rules[i].verdict;
    for (uint32_t i = 0; i <= TABLE_LEAVES; i++) {
        uint32_t leaf = i == 0 ? 1 : CPUID_BASE + i - 1;

        if (!report_is_judged(filling, leaf))
            continue;
        scenario->case_ids[scenario->cases] = report_case_id(filling->report, leaf);
        if (!scenario->case_ids[scenario->cases++])
            return false;
    }
    return true;
}

/* --- Tables. --- */

static bool report_note_silence(struct report_probe *out) {
    return report_is_exercised(out) ||
           report_add_note(out, strdup(REPORT_LACKS ": hvspec capture (or cpuid -r) in the guest "
                                                    "shows what the rules ask for"));
}

static bool report_fill_notes(struct report_filling *filling) {
    const struct table_subject *subject = filling->subject;
    struct report_probe *out = filling->out;
    bool done =
        report_note_silence(out) && (!subject->note || report_add_note(out, strdup(subject->note)));

    for (size_t i = 0; done && i < subject->table->notes_count; i++)
        done = report_add_note(out, strdup(subject->table->notes[i]));
    for (size_t i = 0; done && i < filling->findings->notes_count; i++)
        done = report_add_note(out, strdup(filling->findings->notes[i]));
    for (size_t i = 0; done && i < subject->exclusions_count; i++) {
        char *text;

        done =
            asprintf(&text, "%s is excluded by the manifest: %s",
                     rules[subject->exclusions[i].rule].id, subject->exclusions[i].reason) >= 0 &&
            report_add_note(out, text);
    }
    return done;
}

static enum report_verdict report_table_verdict(const struct report *report,
                                                const struct report_probe *out) {
    for (size_t i = 0; i < out->rules_count; i++) {
        if (report_fails(report, out->rules[i].verdict))
            return REPORT_FAIL;
    }
    return report_is_exercised(out) ? REPORT_PASS : REPORT_NOT_EXERCISED;
}

static bool report_fill_table(struct report_filling *filling, const bool selected[RULES]) {
    const struct table_subject *subject = filling->subject;
    struct report_probe *out = filling->out;

    out->is_table = true;
    out->name = strdup(subject->name);
    out->file = strdup(subject->path);
    out->sha256 = strdup(subject->dump->sha256);
    out->arch = strdup(subject->dump->format);
    out->rules = calloc(RULES, sizeof *out->rules);
    if (asprintf(&out->entry, "%zu processor%s", subject->table->count,
                 subject->table->count == 1 ? "" : "s") < 0)
        out->entry = NULL;
    if (!out->name || !out->file || !out->sha256 || !out->arch || !out->entry || !out->rules)
        return false;
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (selected[rule] && rules[rule].about_tables &&
            !report_fill_rule(filling, rule, &out->rules[out->rules_count++]))
            return false;
    }
    out->verdict = report_table_verdict(filling->report, out);
    return report_fill_notes(filling) && table_offer(subject->table, filling->findings, out) &&
           report_fill_scenario(filling);
}

bool table_set_report(const struct table_set *set, const bool selected[RULES],
                      const char *source_root, struct report *report) {
    struct report_probe *grown =
        realloc(report->probes, (report->probes_count + set->count + 1) * sizeof *grown);
    bool done = grown != NULL;

    if (grown)
        report->probes = grown;
    for (size_t i = 0; done && i < set->count; i++) {
        const struct table_subject *subject = &set->subjects[i];
        const struct table_claims claims = {subject->declared, subject->implements,
                                            subject->implements_count};
        struct table_findings findings;
        char *source = path_below(subject->path, source_root);
        struct report_filling filling = {subject, source, &findings, report,
                                         &report->probes[report->probes_count]};

        *filling.out = (struct report_probe){0};
        report->probes_count++;
        done = table_judge(subject->table, &claims, &findings) && source &&
               report_fill_table(&filling, selected);
        if (done)
            report->cases += filling.out->scenarios[0].cases;
        table_findings_clear(&findings);
        free(source);
    }
    return done;
}
