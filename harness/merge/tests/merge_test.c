/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/merge.h"

#include "base/tests/unit.h"

#include <stdlib.h>
#include <string.h>

/*
 * Two parts of a run of one probe, by hand: one scenario of two cases, one in each part. Each row
 * is a rule, how either case stands to it, and the verdict of both on the scenario and the rule.
 */
static const struct row {
    const char *id;
    char states[2]; /* as the parts' reports have them */
    enum report_verdict whole;
    size_t violations, deviations;
} rows[] = {
    {"max/read-first", {'0', '0'}, REPORT_NOT_EXERCISED, 0, 0},
    {"max/below-is-absent", {'1', '0'}, REPORT_PASS, 0, 0},
    {"max/reaches-target", {'0', '1'}, REPORT_PASS, 0, 0},
    {"max/no-read-beyond", {'3', '1'}, REPORT_NONSTRICT, 1, 0}, /* a should */
    {"target/is-read", {'1', '3'}, REPORT_FAIL, 1, 0},
    {"target/zero-is-absent", {'3', '3'}, REPORT_FAIL, 2, 0},
    {"target/nonzero-is-present", {'1', '4'}, REPORT_PASS, 0, 0},
    {"target/eax-alone", {'9', '1'}, REPORT_NONSTRICT, 1, 1},
    {"generic/signature-ignored", {'9', '3'}, REPORT_FAIL, 2, 1},
    {"generic/every-range", {'0', '9'}, REPORT_NONSTRICT, 1, 1},
    {"platform/returns", {'4', '0'}, REPORT_NOT_EXERCISED, 0, 0},
};
#define ROWS (sizeof rows / sizeof rows[0])

/* Why the case of part 1 and of part 2 could not be judged; NULL: it could. */
static const char *causes[2];

static const char *const cases[] = {"max/a:max=0x0", "max/a:max=0x1"};

/* By part: the sites that it reached. */
static const bool reached[2][4] = {{false, true, false, true}, {false, false, true, true}};

/* An example of the part's case, of this complexity. */
static struct report_example example(unsigned part, unsigned complexity) {
    struct report_example made = {.complexity = complexity,
                                  .case_id = strdup(cases[part]),
                                  .scenario_id = strdup("max/a"),
                                  .expected = strdup("")};

    CU_ASSERT_FATAL(made.case_id && made.scenario_id && made.expected);
    CU_ASSERT_TRUE_FATAL(asprintf(&made.observed, "%u of part %u", complexity, part + 1) > 0);
    return made;
}

static void fill_rules(struct report_probe *probe) {
    probe->rules = calloc(ROWS, sizeof *probe->rules);
    CU_ASSERT_PTR_NOT_NULL_FATAL(probe->rules);
    for (size_t i = 0; i < ROWS; i++)
        probe->rules[probe->rules_count++].id = rows[i].id;
}

static void fill_scenario(unsigned part, struct report_probe *probe) {
    static char states[2][ROWS + 1];
    struct report_scenario *scenario = calloc(1, sizeof *scenario);

    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    probe->scenarios = scenario;
    probe->scenarios_count = 1;
    *scenario = (struct report_scenario){.id = "max/a", .title = "A title", .cases = 1};
    scenario->case_ids = calloc(1, sizeof *scenario->case_ids);
    scenario->results = calloc(1, sizeof *scenario->results);
    CU_ASSERT_FATAL(scenario->case_ids && scenario->results);
    scenario->case_ids[0] = cases[part];
    scenario->plain = part == 0 ? (struct report_plain){1, 2, 3, 4, 5, 6}
                                : (struct report_plain){10, 20, 30, 40, 50, 60};
    for (size_t i = 0; i < ROWS; i++)
        states[part][i] = causes[part] ? '0' : rows[i].states[part];
    scenario->results[0] = (struct report_case){states[part], causes[part]};
}

static void fill_part(unsigned part, struct report *report) {
    struct report_probe *probe = calloc(1, sizeof *probe);

    CU_ASSERT_PTR_NOT_NULL_FATAL(probe);
    *report = (struct report){.version = "1.0.0",
                              .seed = 1,
                              .probes = probe,
                              .probes_count = 1,
                              .cases = 1,
                              .runs = part + 1,
                              .shard = part + 1,
                              .shards = 2,
                              .scenarios_sha256 = "of the scenarios"};
    *probe = (struct report_probe){.name = strdup("probe"),
                                   .file = strdup("probe.so"),
                                   .sha256 = strdup("of the file"),
                                   .arch = strdup("x86-64"),
                                   .entry = strdup("entry"),
                                   .call_sha256 = strdup("of the call")};
    fill_rules(probe);
    fill_scenario(part, probe);
    probe->sites = calloc(4, sizeof *probe->sites);
    CU_ASSERT_PTR_NOT_NULL_FATAL(probe->sites);
    for (probe->sites_count = 0; probe->sites_count < 4; probe->sites_count++)
        probe->sites[probe->sites_count] = (struct report_site){
            .address = 0x1000 + probe->sites_count, .reached = reached[part][probe->sites_count]};
}

static bool merge_filled(struct report parts[2], struct report *whole, struct errors *errors) {
    static const char *const paths[] = {"1.json", "2.json"};

    *whole = (struct report){0};
    return merge_reports(parts, paths, 2, whole, errors);
}

/* Joins both parts, given in this order or the other one. */
static void merge_both(bool swapped, struct report parts[2], struct report *whole) {
    struct errors errors = {0};

    fill_part(0, &parts[swapped]);
    fill_part(1, &parts[!swapped]);
    CU_ASSERT_TRUE_FATAL(merge_filled(parts, whole, &errors));
    CU_ASSERT_TRUE(errors_none(&errors));
    errors_clear(&errors);
}

static void clear_all(struct report parts[2], struct report *whole) {
    report_clear(whole);
    report_clear(&parts[0]);
    report_clear(&parts[1]);
}

/* A scenario's and a rule's verdict is that of both cases, however they were parted. */
static void test_scenarios(void) {
    for (unsigned swapped = 0; swapped < 2; swapped++) {
        struct report parts[2], whole;

        merge_both(swapped, parts, &whole);
        CU_ASSERT_EQUAL_FATAL(whole.probes_count, 1);
        CU_ASSERT_EQUAL_FATAL(whole.probes[0].scenarios_count, 1);
        CU_ASSERT_EQUAL(whole.probes[0].scenarios[0].cases, 2);
        CU_ASSERT_STRING_EQUAL(whole.probes[0].scenarios[0].case_ids[0], cases[0]);
        CU_ASSERT_STRING_EQUAL(whole.probes[0].scenarios[0].case_ids[1], cases[1]);
        for (size_t i = 0; i < ROWS; i++) {
            const struct report_rule *rule = &whole.probes[0].rules[i];

            CU_ASSERT_EQUAL(whole.probes[0].scenarios[0].verdicts[i], rows[i].whole);
            CU_ASSERT_EQUAL(rule->verdict, rows[i].whole);
            CU_ASSERT_EQUAL(rule->violations, rows[i].violations);
            CU_ASSERT_EQUAL(rule->deviations, rows[i].deviations);
            if (rows[i].violations == 2)
                CU_ASSERT_TRUE(strcmp(rule->violating_cases[0], cases[0]) == 0 &&
                               strcmp(rule->violating_cases[1], cases[1]) == 0);
            if (rows[i].deviations == 1)
                CU_ASSERT_STRING_EQUAL(rule->deviating_cases[0], cases[rows[i].states[0] != '9']);
        }
        CU_ASSERT_EQUAL(whole.probes[0].verdict, REPORT_FAIL);
        clear_all(parts, &whole);
    }
}

/* A site is reached when any part reached it. */
static void test_sites(void) {
    struct report parts[2], whole;

    merge_both(false, parts, &whole);
    CU_ASSERT_EQUAL_FATAL(whole.probes[0].sites_count, 4);
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(whole.probes[0].sites[i].reached, reached[0][i] || reached[1][i]);
    clear_all(parts, &whole);
}

/* Why cases could not be judged is kept, and of two causes it is the same as in the whole run, in
 * whichever part it was met. */
static void test_causes(void) {
    static const char *const of[][3] = {{"ape", "zebra", "ape"},
                                        {"zebra", "ape", "ape"},
                                        {"ape", NULL, "ape"},
                                        {NULL, "zebra", "zebra"}};

    for (unsigned i = 0; i < sizeof of / sizeof of[0]; i++) {
        struct report parts[2], whole;
        const unsigned count = (of[i][0] != NULL) + (of[i][1] != NULL);
        char reason[80];

        memcpy(causes, of[i], sizeof causes);
        merge_both(i % 2 == 1, parts, &whole);
        snprintf(reason, sizeof reason, "%u of %u cases could not be judged: %s", count, count,
                 of[i][2]);
        CU_ASSERT_EQUAL(whole.probes[0].rules[0].verdict, REPORT_ERROR);
        CU_ASSERT_EQUAL(whole.probes[0].scenarios[0].verdicts[0], REPORT_ERROR);
        CU_ASSERT_EQUAL(whole.probes[0].rules[0].errors, count);
        CU_ASSERT_STRING_EQUAL(whole.probes[0].rules[0].reason, reason);
        CU_ASSERT_EQUAL(whole.probes[0].failures_count, count);
        CU_ASSERT_STRING_EQUAL(whole.probes[0].failures[0].case_id, cases[of[i][0] == NULL]);
        CU_ASSERT_EQUAL(whole.probes[0].verdict, count == 2 ? REPORT_ERROR : REPORT_FAIL);
        clear_all(parts, &whole);
    }
    memset(causes, 0, sizeof causes);
}

/* The examples that a rule shows: the least complex of both parts, and of like ones the first. */
static void test_examples(void) {
    static const unsigned of[2][2] = {{2, 7}, {2, 5}};
    static const char *const told[] = {"2 of part 1", "2 of part 2", "5 of part 2"};
    struct report parts[2], whole;
    struct errors errors = {0};

    for (unsigned part = 0; part < 2; part++) {
        struct report_rule *rule;

        fill_part(part, &parts[part]);
        rule = &parts[part].probes[0].rules[5];
        rule->examples = calloc(2, sizeof *rule->examples);
        CU_ASSERT_PTR_NOT_NULL_FATAL(rule->examples);
        for (; rule->examples_count < 2; rule->examples_count++)
            rule->examples[rule->examples_count] = example(part, of[part][rule->examples_count]);
    }
    CU_ASSERT_TRUE_FATAL(merge_filled(parts, &whole, &errors));
    CU_ASSERT_EQUAL_FATAL(whole.probes[0].rules[5].examples_count, 3);
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_STRING_EQUAL(whole.probes[0].rules[5].examples[i].observed, told[i]);
    CU_ASSERT_PTR_NULL(whole.probes[0].scenarios[0].cells);
    clear_all(parts, &whole);
}

static struct report_example *new_example(unsigned part, unsigned complexity) {
    struct report_example *made = malloc(sizeof *made);

    CU_ASSERT_PTR_NOT_NULL_FATAL(made);
    *made = example(part, complexity);
    return made;
}

/* What a page shows of a cell: the simplest of both parts, unless the rule itself shows this
 * scenario; and the simplest case that breaks nothing. */
static void test_cells(void) {
    struct report parts[2], whole;
    struct errors errors = {0};
    const struct report_scenario *scenario;

    for (unsigned part = 0; part < 2; part++) {
        struct report_scenario *from;

        fill_part(part, &parts[part]);
        from = &parts[part].probes[0].scenarios[0];
        from->cells = calloc(ROWS, sizeof *from->cells);
        CU_ASSERT_PTR_NOT_NULL_FATAL(from->cells);
        from->cells[5].example = new_example(part, part == 0 ? 9 : 4);
        from->shown = new_example(part, part == 0 ? 1 : 3);
    }
    CU_ASSERT_TRUE_FATAL(merge_filled(parts, &whole, &errors));
    scenario = &whole.probes[0].scenarios[0];
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario->cells);
    CU_ASSERT_EQUAL(scenario->cells[5].cases, 2);
    CU_ASSERT_EQUAL(scenario->cells[5].violations, 2);
    CU_ASSERT_EQUAL(scenario->cells[4].violations, 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario->cells[5].example);
    CU_ASSERT_STRING_EQUAL(scenario->cells[5].example->observed, "4 of part 2");
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario->shown);
    CU_ASSERT_STRING_EQUAL(scenario->shown->observed, "1 of part 1");
    clear_all(parts, &whole);
}

/* Results of other rules than the probe's, or examples of cases that the part has not run. */
static void test_contradictions(void) {
    for (unsigned kind = 0; kind < 3; kind++) {
        struct report parts[2], whole;
        struct errors errors = {0};
        struct report_rule *rule;

        fill_part(0, &parts[0]);
        fill_part(1, &parts[1]);
        rule = &parts[1].probes[0].rules[5];
        if (kind == 0)
            parts[1].probes[0].scenarios[0].results[0].states = "0";
        else if (kind == 1)
            parts[1].probes[0].scenarios[0].results[0].states = "0000000000g";
        else
            rule->examples = new_example(0, 1);
        rule->examples_count = kind == 2;
        CU_ASSERT_FALSE(merge_filled(parts, &whole, &errors));
        CU_ASSERT_FALSE(errors_none(&errors));
        errors_clear(&errors);
        clear_all(parts, &whole);
    }
}

static void test_sums(void) {
    struct report parts[2], whole;

    merge_both(true, parts, &whole);
    CU_ASSERT_EQUAL(whole.cases, 2);
    CU_ASSERT_EQUAL(whole.runs, 3);
    CU_ASSERT_EQUAL(whole.shards, 0);
    CU_ASSERT_EQUAL(memcmp(&whole.probes[0].scenarios[0].plain,
                           &(struct report_plain){11, 22, 33, 44, 55, 66},
                           sizeof(struct report_plain)),
                    0);
    CU_ASSERT_STRING_EQUAL(whole.probes[0].name, "probe");
    clear_all(parts, &whole);
}

static const struct unit_test tests[] = {
    {"scenarios", test_scenarios}, {"sites", test_sites}, {"causes", test_causes},
    {"examples", test_examples},   {"cells", test_cells}, {"contradictions", test_contradictions},
    {"sums", test_sums},
};

int main(void) {
    return UNIT_RUN(tests);
}
