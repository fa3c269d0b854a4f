/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Laws of judging, held on every broken probe rather than on examples.
 *
 *   laws_table EXPECTED FOLDER SCENARIOS PART/PARTS [ROW/ROWS]
 *
 * "Alone": a case's verdict is its own. What a case turns red among others, on several workers, it
 * turns red on a fresh examiner too, as `trace` has it, rule by rule. Only part PART of all cases
 * is met, and of these some that break each rule. ROW/ROWS: only each ROWS-th probe, from the
 * ROW-th on.
 */
#include "base/pool.h"
#include "harness/cunit/cunit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES_EACH = 2 }; /* of those that break a rule */

struct laws {
    const char *folder;
    struct scenario_set set;
    struct suite_options options;
    size_t probes, cases, wrong;
    unsigned row, rows; /* each `rows`-th, from the `row`-th on */
};

static const struct scenario_case *find_case(const struct laws *laws, const char *id) {
    for (size_t i = 0; i < laws->set.count; i++) {
        for (size_t j = 0; j < laws->set.scenarios[i].cases_count; j++) {
            if (strcmp(laws->set.scenarios[i].cases[j].id, id) == 0)
                return &laws->set.scenarios[i].cases[j];
        }
    }
    return NULL;
}

/* Whether a rule's list names the case. */
static bool is_listed(const char **ids, size_t count, const char *id) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(ids[i], id) == 0)
            return true;
    }
    return false;
}

static void hold_case(struct laws *laws, const struct probe *probe,
                      const struct report_probe *report, const char *id) {
    static struct examination examination;
    struct errors errors = {0};
    struct examiner *examiner = examiner_new(probe, laws->options.seed, &errors);
    bool judged[RULES];

    if (!examiner) {
        errors_print(&errors, "        ", stdout);
        errors_clear(&errors);
        laws->wrong++;
        return;
    }
    suite_judged(probe, NULL, laws->options.profile, judged);
    examiner_judge(examiner, judged);
    examine_case(examiner, find_case(laws, id), &examination);
    laws->cases++;
    for (size_t i = 0; i < report->rules_count; i++) {
        const struct report_rule *rule = &report->rules[i];
        int index = rules_find(rule->id);
        bool among = is_listed(rule->violating_cases, rule->violations, id),
             deviates = is_listed(rule->deviating_cases, rule->deviations, id),
             alone = judge_is_broken(&examination.findings[index]),
             alone_deviates = alone && !(examination.findings[index].state & FINDING_VIOLATED);

        if (!judged[index] || (among == alone && deviates == alone_deviates))
            continue;
        printf("        %s: %s among others, %s alone: %s\n", rule->id, among ? "broken" : "kept",
               alone ? "broken" : "kept", id);
        laws->wrong++;
    }
    examiner_free(examiner);
}

static void hold_alone(struct laws *laws, struct probe **probes, const char *name) {
    struct report report = {0};
    struct errors errors = {0};
    size_t wrong = laws->wrong, cases = laws->cases;

    if (!cunit_run(probes, 1, &laws->set, &laws->options, &report, &errors)) {
        errors_print(&errors, "        ", stdout);
        laws->wrong++;
    }
    for (size_t i = 0; report.probes && i < report.probes[0].rules_count; i++) {
        const struct report_rule *rule = &report.probes[0].rules[i];

        for (size_t k = 0; k < rule->violations && k < CASES_EACH; k++)
            hold_case(laws, probes[0], &report.probes[0], rule->violating_cases[k]);
    }
    printf("%-7s %-32s %zu cases\n", laws->wrong > wrong ? "WRONG" : "alike", name,
           laws->cases - cases);
    fflush(stdout);
    errors_clear(&errors);
    report_clear(&report);
}

/* A row's file, entry and answer, of which only the first four fields are looked at. */
static bool hold_row(struct laws *laws, char *line) {
    char *file = strtok(line, " |"), *modes = strtok(NULL, " |"), *entry = strtok(NULL, " |"),
         *kind = strtok(NULL, " |");
    const char *mode = modes && strcmp(modes, "32") == 0 ? "32" : "64";
    struct probe_options options = {0};
    struct errors errors = {0};
    struct probe **probes = NULL;
    size_t count = 0;
    char path[1024];
    bool is_manifest;

    if (!kind)
        return false;
    is_manifest = strcmp(kind, "manifest") == 0;
    snprintf(path, sizeof path, "%s/%s/%.*s.%s", laws->folder, mode, (int)strcspn(file, "."), file,
             is_manifest ? "yaml" : "so");
    if (!is_manifest)
        options.entry = entry;
    if (!is_manifest && strcmp(kind, "presence") != 0)
        options.answer = kind;
    laws->options.profile = strcmp(kind, "presence") == 0 ? "presence" : NULL;
    laws->probes++;
    if (probe_load(path, &options, &probes, &count, &errors))
        hold_alone(laws, probes, file);
    laws->wrong += errors.count;
    errors_print(&errors, "        ", stdout);
    errors_clear(&errors);
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
    return true;
}

int main(int count, char **arguments) {
    struct laws laws = {.options = {.seed = 1, .workers = pool_processors()}, .row = 1, .rows = 1};
    struct errors errors = {0};
    FILE *expected = count == 5 || count == 6 ? fopen(arguments[1], "r") : NULL;
    char line[1024];
    size_t index = 0;
    bool whole = true;

    if (!expected ||
        sscanf(arguments[4], "%u/%u", &laws.options.shard, &laws.options.shards) != 2 ||
        (count == 6 && (sscanf(arguments[5], "%u/%u", &laws.row, &laws.rows) != 2 ||
                        laws.row == 0 || laws.row > laws.rows))) {
        fputs("usage: laws_table EXPECTED FOLDER SCENARIOS PART/PARTS [ROW/ROWS]\n", stderr);
        return 2;
    }
    laws.folder = arguments[2];
    memset(laws.options.selected, true, sizeof laws.options.selected);
    if (!scenario_set_add(&laws.set, arguments[3], NULL, 1, &errors)) {
        errors_print(&errors, "laws_table: ", stderr);
        return 2;
    }
    while (whole && fgets(line, sizeof line, expected)) {
        if (line[0] != '#' && line[0] != '\n' && index++ % laws.rows == laws.row - 1)
            whole = hold_row(&laws, line);
    }
    fclose(expected);
    scenario_set_clear(&laws.set);
    printf("%zu broken probes, %zu cases judged again alone, %zu otherwise\n", laws.probes,
           laws.cases, laws.wrong);
    return whole && laws.cases > 0 && laws.wrong == 0 ? 0 : 1;
}
