/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/merge.h"

#include "base/tests/unit.h"

#include <stdlib.h>
#include <string.h>

/*
 * Two parts of a run of one probe, by hand: one scenario of two cases, one in each part. Each row
 * is a rule.
 */
static const struct row {
    const char *id;
    enum report_verdict first, second; /* of the scenario, in part 1 and in part 2 */
    enum report_verdict whole;
    const char *causes[2]; /* why part 1 or 2 could not judge its case; NULL: it could */
} rows[] = {
    {"max/read-first", REPORT_NOT_EXERCISED, REPORT_ERROR, REPORT_ERROR, {NULL}},
    {"max/below-is-absent", REPORT_ERROR, REPORT_NOT_EXERCISED, REPORT_ERROR, {NULL}},
    {"max/reaches-target", REPORT_ERROR, REPORT_PASS, REPORT_PASS, {NULL}},
    {"max/no-read-beyond", REPORT_PASS, REPORT_ERROR, REPORT_PASS, {NULL}},
    {"target/is-read", REPORT_PASS, REPORT_FAIL, REPORT_FAIL, {NULL}},
    {"target/zero-is-absent", REPORT_FAIL, REPORT_PASS, REPORT_FAIL, {NULL}},
    {"target/nonzero-is-present", REPORT_NOT_EXERCISED, REPORT_PASS, REPORT_PASS, {NULL}},
    {"target/eax-alone", REPORT_ERROR, REPORT_NONSTRICT, REPORT_NONSTRICT, {NULL}},
    {"gaps/order-independent", REPORT_ERROR, REPORT_ERROR, REPORT_ERROR, {"ape", "zebra"}},
    {"generic/every-range", REPORT_ERROR, REPORT_ERROR, REPORT_ERROR, {"zebra", "ape"}},
    {"platform/returns", REPORT_ERROR, REPORT_NOT_EXERCISED, REPORT_ERROR, {"ape", NULL}},
    {"platform/no-fault", REPORT_NOT_EXERCISED, REPORT_ERROR, REPORT_ERROR, {NULL, "zebra"}},
};
#define ROWS (sizeof rows / sizeof rows[0])

static const char *const cases[] = {"max/a:max=0x0", "max/a:max=0x1"};

/* By part: the sites that it reached. */
static const bool reached[2][4] = {{false, true, false, true}, {false, false, true, true}};

static void fill_rules(unsigned part, struct report_probe *probe) {
    probe->rules = calloc(ROWS, sizeof *probe->rules);
    CU_ASSERT_PTR_NOT_NULL_FATAL(probe->rules);
    for (size_t i = 0; i < ROWS; i++) {
        struct report_rule *rule = &probe->rules[probe->rules_count++];

        rule->id = rows[i].id;
        if (!rows[i].causes[part])
            continue;
        rule->verdict = REPORT_ERROR;
        rule->errors = 1;
        CU_ASSERT_TRUE_FATAL(asprintf(&rule->reason, "1 of 1 cases could not be judged: %s",
                                      rows[i].causes[part]) > 0);
    }
}

static void fill_scenario(unsigned part, struct report_probe *probe) {
    struct report_scenario *scenario = calloc(1, sizeof *scenario);

    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    probe->scenarios = scenario;
    probe->scenarios_count = 1;
    *scenario = (struct report_scenario){.id = "max/a", .title = "A title", .cases = 1};
    scenario->case_ids = calloc(1, sizeof *scenario->case_ids);
    scenario->verdicts = calloc(ROWS, sizeof *scenario->verdicts);
    CU_ASSERT_FATAL(scenario->case_ids && scenario->verdicts);
    scenario->case_ids[0] = cases[part];
    scenario->plain = part == 0 ? (struct report_plain){1, 2, 3, 4, 5, 6}
                                : (struct report_plain){10, 20, 30, 40, 50, 60};
    for (size_t i = 0; i < ROWS; i++)
        scenario->verdicts[i] = part == 0 ? rows[i].first : rows[i].second;
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
    fill_rules(part, probe);
    fill_scenario(part, probe);
    probe->sites = calloc(4, sizeof *probe->sites);
    CU_ASSERT_PTR_NOT_NULL_FATAL(probe->sites);
    for (probe->sites_count = 0; probe->sites_count < 4; probe->sites_count++)
        probe->sites[probe->sites_count] = (struct report_site){
            .address = 0x1000 + probe->sites_count, .reached = reached[part][probe->sites_count]};
}

/* Joins both parts, given in this order or the other one. */
static void merge_both(bool swapped, struct report parts[2], struct report *whole) {
    static const char *const paths[] = {"1.json", "2.json"};
    struct errors errors = {0};

    fill_part(0, &parts[swapped]);
    fill_part(1, &parts[!swapped]);
    *whole = (struct report){0};
    CU_ASSERT_TRUE_FATAL(merge_reports(parts, paths, 2, whole, &errors));
    CU_ASSERT_TRUE(errors_none(&errors));
    errors_clear(&errors);
}

static void clear_all(struct report parts[2], struct report *whole) {
    report_clear(whole);
    report_clear(&parts[0]);
    report_clear(&parts[1]);
}

/* A scenario's verdict is the one of both parts that says more. */
static void test_scenarios(void) {
    for (unsigned swapped = 0; swapped < 2; swapped++) {
        struct report parts[2], whole;

        merge_both(swapped, parts, &whole);
        CU_ASSERT_EQUAL_FATAL(whole.probes_count, 1);
        CU_ASSERT_EQUAL_FATAL(whole.probes[0].scenarios_count, 1);
        CU_ASSERT_EQUAL(whole.probes[0].scenarios[0].cases, 2);
        CU_ASSERT_STRING_EQUAL(whole.probes[0].scenarios[0].case_ids[0], cases[0]);
        CU_ASSERT_STRING_EQUAL(whole.probes[0].scenarios[0].case_ids[1], cases[1]);
        for (size_t i = 0; i < ROWS; i++)
            CU_ASSERT_EQUAL(whole.probes[0].scenarios[0].verdicts[i], rows[i].whole);
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
    for (unsigned swapped = 0; swapped < 2; swapped++) {
        struct report parts[2], whole;

        merge_both(swapped, parts, &whole);
        CU_ASSERT_EQUAL_FATAL(whole.probes[0].rules_count, ROWS);
        for (size_t i = 0; i < ROWS; i++) {
            const struct report_rule *rule = &whole.probes[0].rules[i];
            const char *one = rows[i].causes[0], *other = rows[i].causes[1];
            unsigned count = (one != NULL) + (other != NULL);
            const char *told = count == 2 ? "ape" : one ? one : other;
            char reason[80];

            CU_ASSERT_EQUAL(rule->errors, count);
            CU_ASSERT_EQUAL(rule->reason != NULL, count > 0);
            if (!rule->reason || count == 0)
                continue;
            snprintf(reason, sizeof reason, "%u of %u cases could not be judged: %s", count, count,
                     told);
            CU_ASSERT_STRING_EQUAL(rule->reason, reason);
            CU_ASSERT_EQUAL(rule->verdict, REPORT_ERROR);
        }
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
    {"scenarios", test_scenarios},
    {"sites", test_sites},
    {"causes", test_causes},
    {"sums", test_sums},
};

int main(void) {
    return UNIT_RUN(tests);
}
