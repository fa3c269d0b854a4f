/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/cunit/cunit.h"
#include "reports/model/report.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * The suite runs through CUnit's one registry, which this program's tests live in too. So every
 * outing is over, and its results are kept, before the first test is registered.
 */
#define REFERENCE HVSPEC_TEST_PROBES "/reference/reference-gcc-O2-64.so"
#define BROKEN HVSPEC_TEST_PROBES "/broken/64/max-strict.so" /* > instead of >= */

enum {
    KILLS = 2,         /* as many as there are workers: both wait */
    KILL_WAIT = 60000, /* milliseconds */
    PIPE_SIZE = 4096,  /* bytes, some fifty results */
    COST = 16000000    /* of some forty cases, and there are hundreds */
};

/* What a run left behind. */
struct outing {
    bool ran;
    char *json; /* NULL: nothing was written */
    char *cunit;
    struct report report; /* borrows from the scenarios */
    size_t errors;        /* why it did not run */
    char message[200];
    size_t kills; /* workers that were killed in the middle */
    size_t steps; /* calls of the progress function */
};

struct outing_options {
    const char *probes[2]; /* the second may be NULL */
    unsigned workers;
    const char *only; /* a rule; NULL: all */
    bool fail_fast, kill, cunit, presence, none;
    unsigned shard, shards;
    uint64_t cost_max;
};

static struct scenario_set scenarios, none;

/* --- Running. --- */

/* The parent of a process, from /proc, and what it does; 0: it is gone. */
static pid_t parent_of(const char *pid, char *state) {
    char path[64];
    int id, parent = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    file = fopen(path, "r");
    if (!file)
        return 0;
    if (fscanf(file, "%d (%*[^)]) %c %d", &id, state, &parent) != 3 || *state == 'Z')
        parent = 0;
    fclose(file);
    return parent;
}

/* What workers send home through: with room for some results only, in place of the C library's. */
int pipe(int ends[2]) {
    return pipe2(ends, 0) == 0 && fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE) > 0 ? 0 : -1;
}

/* A worker that sleeps waits for room in its pipe, with a case in hand that it has not delivered;
 * 0: none does. */
static pid_t sleeping_worker(void) {
    DIR *folder = opendir("/proc");
    struct dirent *entry;
    pid_t found = 0;

    while (folder && found == 0 && (entry = readdir(folder))) {
        char state = '?';

        if (isdigit((unsigned char)entry->d_name[0]) &&
            parent_of(entry->d_name, &state) == getpid() && state == 'S')
            found = (pid_t)atol(entry->d_name);
    }
    if (folder)
        closedir(folder);
    return found;
}

/* Kills a worker that waits, and sees it gone: until then it would go on writing as soon as there
 * is room. Nobody reads what workers send meanwhile, so that each comes to wait sooner or later,
 * however fast or slow the machine is. */
static bool kill_a_worker(void) {
    pid_t worker = 0;

    for (int wait = 0; wait < KILL_WAIT && worker == 0; wait++) {
        worker = sleeping_worker();
        if (worker == 0)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return worker > 0 && kill(worker, SIGKILL) == 0 &&
           waitid(P_PID, (id_t)worker, &(siginfo_t){0}, WEXITED | WNOWAIT) == 0;
}

/* Kills all workers as soon as there are results, while most cases are still to come. */
static void outing_progress(void *context, size_t done, size_t count) {
    struct outing *outing = context;

    (void)count;
    outing->steps++;
    while (done > 0 && outing->kills < KILLS && kill_a_worker())
        outing->kills++;
}

static void outing_count(void *context, size_t done, size_t count) {
    struct outing *outing = context;

    (void)done;
    (void)count;
    outing->steps++;
}

static char *read_whole(FILE *file) {
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    int c;

    while (memory && file && (c = getc(file)) != EOF)
        putc(c, memory);
    if (memory)
        fclose(memory);
    return text;
}

static char *outing_written(const struct outing *outing, const char *format) {
    const struct report_style plain = {0};
    FILE *file = tmpfile();
    char *text = NULL;

    if (file && report_format_find(format)->write(&outing->report, &plain, file)) {
        rewind(file);
        text = read_whole(file);
    }
    if (file)
        fclose(file);
    return text;
}

static void outing_select(const struct outing_options *options, struct suite_options *suite) {
    for (unsigned rule = 0; rule < RULES; rule++)
        suite->selected[rule] = !options->only || strcmp(rules[rule].id, options->only) == 0;
}

static void outing_run(struct outing *outing, const struct outing_options *options) {
    static const struct probe_options defaults = {0};
    struct suite_options suite = {.seed = 1,
                                  .workers = options->workers,
                                  .failures_max = options->fail_fast ? 1 : 0,
                                  .shard = options->shard,
                                  .shards = options->shards,
                                  .cost_max = options->cost_max,
                                  .profile = options->presence ? "presence" : NULL,
                                  .wants_cunit = options->cunit,
                                  .progress = options->kill ? outing_progress : outing_count,
                                  .progress_context = outing};
    struct probe **probes = NULL;
    struct errors errors = {0};
    size_t count = 0;
    bool loaded = true;

    outing_select(options, &suite);
    for (size_t i = 0; i < 2 && options->probes[i]; i++)
        loaded = loaded && probe_load(options->probes[i], &defaults, &probes, &count, &errors);
    outing->ran = loaded && cunit_run(probes, count, options->none ? &none : &scenarios, &suite,
                                      &outing->report, &errors);
    if (outing->ran) {
        outing->json = outing_written(outing, "json");
        outing->cunit = options->cunit ? outing_written(outing, "cunit") : NULL;
    }
    outing->errors = errors.count;
    if (errors.count > 0)
        snprintf(outing->message, sizeof outing->message, "%s", errors.entries[0].message);
    errors_clear(&errors);
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
}

/* --- The outings. --- */

enum outing_name {
    ALONE,
    AGAIN,
    PAIR,
    SEVEN,
    PRESENCE,
    KILLED,
    UNEXERCISED,
    NO_CASE,
    FAST,
    FAST_GREEN,
    SHARD_1,
    SHARD_2,
    SHARD_3,
    COSTLY,
    COSTLY_SEVEN,
    COSTLY_SHARD_1,
    COSTLY_SHARD_2,
    CHEAP,
    OUTINGS
};

static const struct outing_options outing_options[OUTINGS] = {
    [ALONE] = {.probes = {REFERENCE, BROKEN}, .workers = 1, .cunit = true},
    [AGAIN] = {.probes = {REFERENCE, BROKEN}, .workers = 1},
    [PAIR] = {.probes = {REFERENCE, BROKEN}, .workers = 2},
    [SEVEN] = {.probes = {REFERENCE, BROKEN}, .workers = 7, .cunit = true},
    [PRESENCE] = {.probes = {REFERENCE}, .workers = 2, .presence = true},
    [KILLED] = {.probes = {REFERENCE}, .workers = 2, .kill = true},
    [UNEXERCISED] = {.probes = {REFERENCE}, .workers = 2, .only = "target/value-intact"},
    [NO_CASE] = {.probes = {REFERENCE}, .workers = 2, .none = true},
    [FAST] = {.probes = {BROKEN}, .workers = 1, .fail_fast = true},
    [FAST_GREEN] = {.probes = {REFERENCE}, .workers = 1, .fail_fast = true},
    [SHARD_1] = {.probes = {REFERENCE, BROKEN}, .workers = 2, .shard = 1, .shards = 3},
    [SHARD_2] = {.probes = {REFERENCE, BROKEN}, .workers = 2, .shard = 2, .shards = 3},
    [SHARD_3] = {.probes = {REFERENCE, BROKEN}, .workers = 2, .shard = 3, .shards = 3},
    [COSTLY] = {.probes = {REFERENCE, BROKEN}, .workers = 1, .cost_max = COST},
    [COSTLY_SEVEN] = {.probes = {REFERENCE, BROKEN}, .workers = 7, .cost_max = COST},
    [COSTLY_SHARD_1] =
        {.probes = {REFERENCE, BROKEN}, .workers = 2, .shard = 1, .shards = 2, .cost_max = COST},
    [COSTLY_SHARD_2] =
        {.probes = {REFERENCE, BROKEN}, .workers = 2, .shard = 2, .shards = 2, .cost_max = COST},
    [CHEAP] = {.probes = {REFERENCE, BROKEN}, .workers = 2, .cost_max = 100 * (uint64_t)COST},
};
static struct outing outings[OUTINGS];

/* A few of the project's own scenarios: some that the broken probe fails, most that it does not. */
static bool load_scenarios(void) {
    static const char *const names[] = {"generic/signature-registers.yaml",
                                        "max/equal-is-in-range.yaml", "max/unsigned.yaml",
                                        "presence/amd-zeros.yaml", "target"};
    struct errors errors = {0};
    bool loaded = true;

    for (size_t i = 0; loaded && i < sizeof names / sizeof names[0]; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", HVSPEC_TEST_SCENARIOS, names[i]);
        loaded = scenario_set_add(&scenarios, path, HVSPEC_TEST_SCENARIOS, 1, &errors);
    }
    errors_print(&errors, "", stderr);
    errors_clear(&errors);
    return loaded;
}

/* Cases that run without the profile. */
static size_t plain_cases(void) {
    size_t count = 0;

    for (size_t i = 0; i < scenarios.count; i++)
        count += scenarios.scenarios[i].needs_presence ? 0 : scenarios.scenarios[i].cases_count;
    return count;
}

static const struct report_rule *rule_of(const struct report_probe *probe, const char *id) {
    for (size_t i = 0; i < probe->rules_count; i++) {
        if (strcmp(probe->rules[i].id, id) == 0)
            return &probe->rules[i];
    }
    return NULL;
}

/* --- Verdicts. --- */

static void test_verdicts(void) {
    const struct report *report = &outings[ALONE].report;

    CU_ASSERT_TRUE_FATAL(outings[ALONE].ran);
    CU_ASSERT_EQUAL(report->errors, 0);
    CU_ASSERT_EQUAL(report_exit_code(report), 1);
    CU_ASSERT_EQUAL(report->cases, 2 * plain_cases());
    CU_ASSERT_EQUAL_FATAL(report->probes_count, 2);
    CU_ASSERT_EQUAL(report->probes[0].verdict, REPORT_PASS);
    CU_ASSERT_EQUAL(report->probes[1].verdict, REPORT_FAIL);
    for (size_t i = 0; i < RULES; i++) {
        bool wrong = strcmp(report->probes[1].rules[i].id, "max/reaches-target") == 0;

        CU_ASSERT_NOT_EQUAL(report->probes[0].rules[i].verdict, REPORT_FAIL);
        CU_ASSERT_EQUAL(report->probes[1].rules[i].verdict == REPORT_FAIL, wrong);
        CU_ASSERT_EQUAL(report->probes[1].rules[i].violations > 0, wrong);
        CU_ASSERT_TRUE(report->probes[1].rules[i].examples_count <= REPORT_EXAMPLES_MAX);
        CU_ASSERT_EQUAL(report->probes[1].rules[i].examples_count > 0, wrong);
    }
}

static void test_profile(void) {
    const struct report *plain = &outings[ALONE].report, *with = &outings[PRESENCE].report;

    CU_ASSERT_EQUAL(rule_of(&plain->probes[0], "presence/checked-first")->verdict,
                    REPORT_NOT_APPLICABLE);
    CU_ASSERT_TRUE_FATAL(outings[PRESENCE].ran);
    CU_ASSERT_EQUAL(with->cases, scenario_set_cases(&scenarios));
    CU_ASSERT_TRUE(with->cases > plain_cases());
    CU_ASSERT_TRUE(rule_of(&with->probes[0], "presence/checked-first")->cases > 0);
}

/* --- The same for every number of workers. --- */

static void test_same_for_every_number_of_workers(void) {
    static const enum outing_name names[] = {AGAIN, PAIR, SEVEN};

    CU_ASSERT_PTR_NOT_NULL_FATAL(outings[ALONE].json);
    CU_ASSERT_TRUE(strlen(outings[ALONE].json) > 1000);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(outings[names[i]].json);
        CU_ASSERT_STRING_EQUAL(outings[names[i]].json, outings[ALONE].json);
    }
}

static void test_progress(void) {
    CU_ASSERT_TRUE(outings[ALONE].steps > 0);
}

/* --- A worker killed from outside. --- */

static void test_killed_worker(void) {
    const struct report *report = &outings[KILLED].report;
    bool told = false;

    CU_ASSERT_TRUE_FATAL(outings[KILLED].ran);
    CU_ASSERT_EQUAL(outings[KILLED].kills, KILLS);
    CU_ASSERT_EQUAL(report->errors, KILLS);
    CU_ASSERT_EQUAL(report_exit_code(report), 3);
    CU_ASSERT_EQUAL(report->cases, plain_cases()); /* the run went on */
    CU_ASSERT_EQUAL(report->probes[0].verdict, REPORT_ERROR);
    for (size_t i = 0; i < report->probes[0].failures_count; i++)
        told |= strstr(report->probes[0].failures[i].cause, "killed by signal 9") != NULL;
    CU_ASSERT_TRUE(told);
    /* Neither for nor against the probe. */
    CU_ASSERT_EQUAL(rule_of(&report->probes[0], "platform/returns")->cases,
                    plain_cases() - report->errors);
    CU_ASSERT_EQUAL(rule_of(&report->probes[0], "platform/returns")->violations, 0);
}

/* --- Nothing to run, nothing exercised. --- */

static void test_nothing_exercised(void) {
    const struct report *report = &outings[UNEXERCISED].report;

    CU_ASSERT_TRUE_FATAL(outings[UNEXERCISED].ran);
    CU_ASSERT_EQUAL(report_exit_code(report), 2);
    CU_ASSERT_EQUAL(report->probes[0].rules_count, 1);
    CU_ASSERT_EQUAL(report->probes[0].rules[0].verdict, REPORT_NOT_APPLICABLE);
}

static void test_no_case(void) {
    CU_ASSERT_FALSE(outings[NO_CASE].ran);
    CU_ASSERT_EQUAL(outings[NO_CASE].errors, 1);
    CU_ASSERT_STRING_EQUAL(outings[NO_CASE].message, "no case to run");
}

/* --- Fail fast. --- */

static void test_fail_fast(void) {
    CU_ASSERT_TRUE_FATAL(outings[FAST].ran && outings[FAST_GREEN].ran);
    CU_ASSERT_EQUAL(report_exit_code(&outings[FAST].report), 1);
    CU_ASSERT_TRUE(outings[FAST].report.cases > 0);
    CU_ASSERT_TRUE(outings[FAST].report.cases < plain_cases());
    CU_ASSERT_EQUAL(outings[FAST].report.errors, 0); /* what did not start is no error */
    CU_ASSERT_EQUAL(outings[FAST_GREEN].report.cases, plain_cases());
    CU_ASSERT_EQUAL(report_exit_code(&outings[FAST_GREEN].report), 0);
}

/* --- Shards. --- */

static bool violates(const struct report_rule *rule, const char *id) {
    for (size_t i = 0; i < rule->violations; i++) {
        if (strcmp(rule->violating_cases[i], id) == 0)
            return true;
    }
    return false;
}

static void test_shards(void) {
    const struct report *whole = &outings[ALONE].report;
    size_t cases = 0, runs = 0;

    for (enum outing_name name = SHARD_1; name <= SHARD_3; name++) {
        CU_ASSERT_TRUE_FATAL(outings[name].ran);
        CU_ASSERT_TRUE(outings[name].report.cases > 0);
        cases += outings[name].report.cases;
        runs += outings[name].report.runs;
    }
    CU_ASSERT_EQUAL(cases, whole->cases);
    CU_ASSERT_EQUAL(runs, whole->runs);
    for (size_t i = 0; i < RULES; i++) {
        const struct report_rule *rule = &whole->probes[1].rules[i];
        size_t violations = 0, exercised = 0;

        for (enum outing_name name = SHARD_1; name <= SHARD_3; name++) {
            const struct report_rule *part = &outings[name].report.probes[1].rules[i];

            exercised += part->cases;
            violations += part->violations;
            for (size_t j = 0; j < part->violations; j++)
                CU_ASSERT_TRUE(violates(rule, part->violating_cases[j]));
        }
        CU_ASSERT_EQUAL(exercised, rule->cases);
        CU_ASSERT_EQUAL(violations, rule->violations);
    }
}

/* --- Where all cases cost too much. --- */

static void test_budget(void) {
    const struct report *whole = &outings[ALONE].report, *some = &outings[COSTLY].report;

    CU_ASSERT_TRUE_FATAL(outings[COSTLY].ran);
    CU_ASSERT_TRUE(some->cases < whole->cases / 2);
    CU_ASSERT_EQUAL(some->cases + report_left_out(some), whole->cases);
    CU_ASSERT_EQUAL(report_left_out(whole), 0);
    for (size_t i = 0; i < 2; i++) {
        const struct report_probe *all = &whole->probes[i], *probe = &some->probes[i];

        CU_ASSERT_EQUAL_FATAL(probe->notes_count, 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(probe->notes[0], "cases were run"));
        CU_ASSERT_EQUAL(probe->scenarios_count, all->scenarios_count); /* some of each */
        for (size_t k = 0; k < RULES; k++)
            CU_ASSERT_EQUAL(probe->rules[k].verdict, all->rules[k].verdict);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(outings[COSTLY_SEVEN].json);
    CU_ASSERT_STRING_EQUAL(outings[COSTLY_SEVEN].json, outings[COSTLY].json);
    CU_ASSERT_EQUAL(outings[COSTLY_SHARD_1].report.cases + outings[COSTLY_SHARD_2].report.cases,
                    some->cases);
    CU_ASSERT_EQUAL(outings[COSTLY_SHARD_1].report.runs + outings[COSTLY_SHARD_2].report.runs,
                    some->runs);
    CU_ASSERT_EQUAL(report_left_out(&outings[COSTLY_SHARD_2].report), report_left_out(some));
    CU_ASSERT_PTR_NOT_NULL_FATAL(outings[CHEAP].json);
    CU_ASSERT_STRING_EQUAL(outings[CHEAP].json, outings[ALONE].json);
}

/* --- CUnit's own XML. --- */

static size_t count_nodes(xmlDoc *document, const char *expression) {
    xmlXPathContext *context = xmlXPathNewContext(document);
    xmlXPathObject *found =
        context ? xmlXPathEvalExpression((const xmlChar *)expression, context) : NULL;
    size_t count = found && found->nodesetval ? (size_t)found->nodesetval->nodeNr : 0;

    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    return count;
}

/* Tests in the XML: a failed one is listed once for each assertion that did not hold, one after the
 * other in its suite. */
static size_t tests_named(xmlDoc *document) {
    return count_nodes(document, "//CUNIT_RUN_TEST_SUCCESS/TEST_NAME") +
           count_nodes(document,
                       "//CUNIT_RUN_TEST_FAILURE/TEST_NAME[not(. = ../../preceding-sibling::"
                       "CUNIT_RUN_TEST_RECORD/CUNIT_RUN_TEST_FAILURE/TEST_NAME)]");
}

static void test_cunit_xml(void) {
    const char *text = outings[ALONE].cunit;
    size_t plain = 0;
    xmlDoc *document;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_STRING_EQUAL(text, outings[SEVEN].cunit);
    document = xmlReadMemory(text, (int)strlen(text), "cunit.xml", NULL, XML_PARSE_NONET);
    CU_ASSERT_PTR_NOT_NULL_FATAL(document);
    for (size_t i = 0; i < scenarios.count; i++)
        plain += !scenarios.scenarios[i].needs_presence;
    /* A suite for each probe and section, a test for each scenario that ran. */
    CU_ASSERT_EQUAL(count_nodes(document, "//SUITE_NAME"), 2 * 3);
    CU_ASSERT_EQUAL(count_nodes(document, "//SUITE_NAME[contains(., ': max')]"), 2);
    CU_ASSERT_EQUAL(count_nodes(document, "//SUITE_NAME[contains(., ': generic')]"), 2);
    CU_ASSERT_EQUAL(count_nodes(document, "//SUITE_NAME[contains(., ': target')]"), 2);
    CU_ASSERT_EQUAL(tests_named(document), 2 * plain);
    CU_ASSERT_EQUAL(count_nodes(document, "//CUNIT_FOOTER"), 1);
    xmlFreeDoc(document);
}

static const struct unit_test tests[] = {
    {"a probe that conforms, and one that does not", test_verdicts},
    {"the profile", test_profile},
    {"the same for every number of workers", test_same_for_every_number_of_workers},
    {"progress", test_progress},
    {"a worker killed costs its case", test_killed_worker},
    {"nothing exercised is not green", test_nothing_exercised},
    {"no case is an error", test_no_case},
    {"fail fast", test_fail_fast},
    {"shards make the whole", test_shards},
    {"some cases where all cost too much", test_budget},
    {"CUnit's XML", test_cunit_xml},
};

int main(void) {
    int code;

    if (!load_scenarios())
        return 3;
    for (unsigned i = 0; i < OUTINGS; i++)
        outing_run(&outings[i], &outing_options[i]);
    code = UNIT_RUN(tests);
    for (unsigned i = 0; i < OUTINGS; i++) {
        report_clear(&outings[i].report);
        free(outings[i].json);
        free(outings[i].cunit);
    }
    scenario_set_clear(&scenarios);
    xmlCleanupParser();
    return code;
}
