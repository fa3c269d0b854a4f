/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/data_path.h"
#include "base/nearest.h"
#include "harness/cli/line_run.h"
#include "harness/judge/attribution.h"
#include "reports/console/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char explain_topic[] = "attribution";

#define EXPLAIN_COLUMN 13 /* where the text beside a label starts */

static void explain_code(struct page *page, const char *label, const char *code) {
    const char *end;

    page_label(page, EXPLAIN_COLUMN, label);
    for (; *code; code = *end ? end + 1 : end) {
        char line[160];

        end = code + strcspn(code, "\n");
        snprintf(line, sizeof line, "%.*s", (int)(end - code), code);
        if (page->column < EXPLAIN_COLUMN)
            page_tab(page, EXPLAIN_COLUMN);
        page_put(page, PAGE_PLAIN, line);
        page_end_line(page);
    }
}

static bool explain_names(const struct scenario *scenario, enum rule_id rule) {
    for (size_t i = 0; i < scenario->rules_count; i++) {
        if (scenario->rules[i] == rule)
            return true;
    }
    return false;
}

static void explain_scenarios(struct page *page, enum rule_id rule,
                              const struct scenario_set *set) {
    bool any = false;

    page_label(page, EXPLAIN_COLUMN, "scenarios");
    for (size_t i = 0; i < set->count; i++) {
        if (!explain_names(&set->scenarios[i], rule))
            continue;
        if (page->column < EXPLAIN_COLUMN)
            page_tab(page, EXPLAIN_COLUMN);
        page_put(page, PAGE_BOLD, set->scenarios[i].id);
        page_put(page, PAGE_PLAIN, ": ");
        page_wrap(page, PAGE_PLAIN, set->scenarios[i].title);
        page_end_line(page);
        any = true;
    }
    if (!any) {
        page_wrap(page, PAGE_PLAIN,
                  set->count > 0 ? "none is for this rule alone; it is judged wherever it shows"
                                 : "none are installed");
        page_end_line(page);
    }
}

static void explain_rule(struct page *page, enum rule_id id, const struct scenario_set *set) {
    const struct rule *rule = &rules[id];

    page_put(page, PAGE_BOLD, rule->id);
    page_put(page, PAGE_PLAIN, " (");
    page_put(page, PAGE_PLAIN, rule_level_text(rule->level));
    page_put(page, PAGE_PLAIN, "), judged by ");
    page_put(page, PAGE_PLAIN, rule->judged_by);
    if (rule->profile) {
        page_put(page, PAGE_PLAIN, ", only with --profile ");
        page_put(page, PAGE_PLAIN, rule->profile);
    }
    page_end_line(page);
    page_sentence(page, EXPLAIN_COLUMN, "rule", rule->text);
    page_sentence(page, EXPLAIN_COLUMN, "locator", rule->locator);
    page_sentence(page, EXPLAIN_COLUMN, "why", rule->why);
    explain_code(page, "breaks it", rule->breaks);
    explain_code(page, "mended", rule->fix);
    explain_scenarios(page, id, set);
}

/* The table by which a wrong answer is put down to a rule. */
static void explain_attribution(struct page *page) {
    page_put(page, PAGE_BOLD, explain_topic);
    page_hang(page, PAGE_PLAIN,
              ": the first row that is about the fault, and whose evidence is there, takes it", 2);
    page_end_line(page);
    for (size_t i = 0; i < judge_attributions_count; i++) {
        const struct attribution *row = &judge_attributions[i];
        char number[32];

        snprintf(number, sizeof number, "row %zu", i + 1);
        page_end_line(page);
        page_sentence(page, EXPLAIN_COLUMN, number, row->evidence);
        page_sentence(page, EXPLAIN_COLUMN, "blames", row->rule);
        for (unsigned bit = 0; bit < FAULTS; bit++) {
            if (row->faults & 1u << bit)
                page_sentence(page, EXPLAIN_COLUMN, "for", judge_fault_text(1u << bit));
        }
    }
}

/* Neither a rule nor the topic, but near the topic's name. */
static bool explain_meant_topic(const char *word) {
    static const char *const words[] = {explain_topic};

    return !rules_nearest_glob(word) && nearest_word(word, words, 1);
}

static bool explain_select(const struct command_line *line, bool selected[RULES], bool *attribution,
                           struct errors *errors) {
    for (size_t i = 0; i < line->operands_count; i++) {
        if (strcmp(line->operands[i], explain_topic) == 0)
            *attribution = true;
        else if (explain_meant_topic(line->operands[i]))
            errors_add(errors, NULL, 0, 0,
                       "no rule matches '%s', did you mean %s?; see hvspec help explain",
                       line->operands[i], explain_topic);
        else
            run_mark_rules(line->operands[i], true, selected, errors);
    }
    return errors_none(errors);
}

/* Rules can be explained where no scenario is installed. */
static bool explain_load(const struct command_line *line, struct run_options *options,
                         struct run_inputs *inputs, struct errors *errors) {
    char *installed = data_path("scenarios");
    bool any = installed || command_line_has(line, OPTION_SCENARIOS);

    free(installed);
    return line_run_read(line, options, errors) &&
           (!any || run_inputs_load_scenarios(options, inputs, errors));
}

static int explain_run(const struct command_line *line) {
    struct report_style style = command_style(line);
    struct page page = page_open(stdout, &style);
    struct run_options options = {0};
    struct run_inputs inputs = {0};
    struct errors errors = {0};
    bool selected[RULES] = {false}, any = false, attribution = false;

    if (!explain_select(line, selected, &attribution, &errors) ||
        !explain_load(line, &options, &inputs, &errors)) {
        run_inputs_clear(&inputs);
        line_run_clear(&options);
        return command_fail(&errors, COMMAND_INVALID);
    }
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (!selected[rule])
            continue;
        if (any)
            page_end_line(&page);
        any = true;
        explain_rule(&page, rule, &inputs.set);
    }
    if (any && attribution)
        page_end_line(&page);
    if (attribution)
        explain_attribution(&page);
    run_inputs_clear(&inputs);
    line_run_clear(&options);
    return COMMAND_CONFORMS;
}

static const enum option_id explain_options[] = {OPTION_SCENARIOS, OPTION_COLOR};

const struct command command_explain = {
    .name = "explain",
    .operands = "RULE...",
    .summary = "a rule: what it demands, where the mail says so, code that breaks it, the fix",
    .text =
        "Takes ids of rules, and globs of them in quotes; \"attribution\" is the table by which a\n"
        "wrong answer is put down to a rule. Locators point into the spec: Jun\n"
        "Nakajima, \"RE: Use CPUID to communicate with the hypervisor\", LKML, 29 Sep 2008.",
    .examples = "hvspec explain max/reaches-target    # one rule\n"
                "hvspec explain 'gaps/*' 'generic/*'  # some of them\n"
                "hvspec explain '*'                   # the whole catalogue\n"
                "hvspec explain attribution           # which rule a wrong answer is put down to",
    .options = explain_options,
    .options_count = sizeof explain_options / sizeof explain_options[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .complete = {COMPLETE_RULES, COMPLETE_RULES},
    .run = explain_run,
};
