/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Runs the suite on every broken probe and holds what goes red against harness/broken/expected.txt:
 * exactly those rules, no more and no fewer. Prints a table; for `./bootstrap check` and for ctest.
 *
 *   broken_table EXPECTED FOLDER SCENARIOS PART/PARTS [--given CONDITION DIFFERENCES]
 *                [ROW/ROWS] [NAME]
 *   broken_table EXPECTED FOLDER SCENARIOS 1/1 --hunted | --solved
 *   broken_table EXPECTED FOLDER SCENARIOS 1/1 --coverage FILE COMPILER...
 *
 * With PARTS over 1, each probe meets only part PART of all cases, in one mode. It then has to turn
 * some of its rules red and no others: quick, for a look; the exact sets need all cases, and a
 * probe that no case of the part catches needs more of them. With --given, something is said of
 * every probe (see broken_given.h), which meets a gate for a signature first, and the modes take
 * turns in a look. With --hunted, each probe has to conform on all cases, and to turn some of its
 * rules red and no others with those that a short hunt finds without a solver; with --solved, a
 * solver has to find what that does not. ROW/ROWS: only each ROWS-th probe, from the ROW-th on.
 * --coverage also runs the probes that conform and audits the reference, and writes what each rule
 * is good for, which may have no hole; the compilers' names are written into it.
 */
#include "base/pool.h"
#include "harness/cunit/cunit.h"
#include "harness/hunt/short.h"
#include "harness/run/hunted.h"
#include "harness/tests/broken_given.h"
#include "harness/tests/coverage_gather.h"
#include "harness/tests/gate/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 7 };
enum field { FILE_NAME, MODES, ENTRY, KIND, FAIL, NONSTRICT, NOTE };

struct table {
    const char *folder;
    struct scenario_set set;
    struct suite_options options;
    size_t probes, wrong;
    struct coverage_gather *coverage; /* NULL: not asked for */
    struct broken_given given;
    struct baseline listed;
    bool hunted;
    bool solved;        /* then by a solver */
    unsigned row, rows; /* each `rows`-th, from the `row`-th on */
};

static char *trimmed(char *text) {
    char *end = text + strlen(text);

    while (*text == ' ')
        text++;
    while (end > text && (end[-1] == ' ' || end[-1] == '\n'))
        *--end = '\0';
    return text;
}

/* Splits a line at '|'; the note may hold more of them. */
static bool split(char *line, char *fields[FIELDS]) {
    for (unsigned i = 0; i < FIELDS; i++) {
        char *bar = i + 1 < FIELDS ? strchr(line, '|') : NULL;

        if (i + 1 < FIELDS && !bar)
            return false;
        if (bar)
            *bar = '\0';
        fields[i] = trimmed(line);
        line = bar ? bar + 1 : line;
    }
    return true;
}

/* Marks the comma-separated rules; false with a message: one does not exist. */
static bool mark(const char *list, bool marked[RULES]) {
    char copy[512];

    memset(marked, 0, RULES * sizeof *marked);
    snprintf(copy, sizeof copy, "%s", strcmp(list, "-") == 0 ? "" : list);
    for (char *word = strtok(copy, ","); word; word = strtok(NULL, ",")) {
        int rule = rules_find(trimmed(word));

        if (rule < 0) {
            printf("there is no rule '%s'\n", word);
            return false;
        }
        marked[rule] = true;
    }
    return true;
}

/* The rules that ended with a verdict, as "a,b"; "-" when none. */
static void list_verdicts(const struct report_probe *probe, enum report_verdict verdict, char *text,
                          size_t size) {
    size_t used = 0;

    snprintf(text, size, "-");
    for (size_t i = 0; i < probe->rules_count; i++) {
        if (probe->rules[i].verdict == verdict && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? "," : "",
                                     probe->rules[i].id);
    }
}

/* True when exactly the marked rules have the verdict; in a sample, when no others have. */
static bool agrees(struct table *table, const struct report_probe *probe, const char *expected,
                   enum report_verdict verdict, size_t *found) {
    bool marked[RULES], is_sample = table->options.shards > 1 || table->hunted;

    if (!mark(expected, marked))
        return false;
    for (size_t i = 0; i < probe->rules_count; i++) {
        int rule = rules_find(probe->rules[i].id);

        bool is_found = probe->rules[i].verdict == verdict;

        if (is_found != marked[rule] && (is_found || !is_sample))
            return false;
        *found += is_found;
    }
    return true;
}

/* True when all the marked rules fail; in a sample, or where none is marked, when any does. */
static bool agrees_at_least(struct table *table, const struct report_probe *probe,
                            const char *expected, size_t *found) {
    bool marked[RULES], is_sample = table->options.shards > 1;

    if (!mark(expected, marked))
        return false;
    for (size_t i = 0; i < probe->rules_count; i++) {
        bool fails = probe->rules[i].verdict == REPORT_FAIL;

        if (!fails && !is_sample && marked[rules_find(probe->rules[i].id)])
            return false;
        if (table->given.is_listed && strcmp(probe->rules[i].id, table->given.forgone) == 0)
            continue;
        *found += fails && (strcmp(expected, "-") == 0 || marked[rules_find(probe->rules[i].id)]);
    }
    return true;
}

static bool is_as_red(struct table *table, const struct report_probe *probe,
                      char *const fields[FIELDS], size_t *found) {
    if (table->given.forgone)
        return agrees_at_least(table, probe, fields[FAIL], found);
    return agrees(table, probe, fields[FAIL], REPORT_FAIL, found) &&
           agrees(table, probe, fields[NONSTRICT], REPORT_NONSTRICT, found);
}

static void show(const struct report_probe *probe, const char *mode, char *const fields[FIELDS],
                 bool right) {
    char failed[512], nonstrict[512];

    list_verdicts(probe, REPORT_FAIL, failed, sizeof failed);
    list_verdicts(probe, REPORT_NONSTRICT, nonstrict, sizeof nonstrict);
    printf("%-7s %-32s %s  %s\n", right ? "caught" : "WRONG", fields[FILE_NAME], mode, failed);
    if (!right)
        printf("        expected fail %s, nonstrict %s\n"
               "        but found fail %s, nonstrict %s\n",
               fields[FAIL], fields[NONSTRICT], failed, nonstrict);
}

/* --- What each rule is good for. --- */

static void note_coverage(struct table *table, const char *mode, const char *file,
                          const struct report_probe *probe) {
    char name[256];

    snprintf(name, sizeof name, "%s/%.*s", mode, (int)strcspn(file, "."), file);
    if (table->coverage && !coverage_gather_broken(table->coverage, name, probe)) {
        puts("out of memory");
        table->wrong++;
    }
}

static bool write_coverage(struct table *table, char *const *compilers, size_t count,
                           const char *path) {
    static const struct {
        const char *path, *profile;
    } passing[] = {{"reference/entries-64.yaml", NULL},
                   {"conforming/64/presence-first.so", "presence"}};
    static const char *const audited[] = {"reference/reference-gcc-O2-64.so",
                                          "reference/reference-gcc-O2-32.so"};
    struct errors errors = {0};
    char file[1024];
    bool good = true;

    for (size_t i = 0; good && i < sizeof passing / sizeof passing[0]; i++) {
        snprintf(file, sizeof file, "%s/../%s", table->folder, passing[i].path);
        good = coverage_gather_passing(table->coverage, file, passing[i].profile, &errors);
    }
    for (size_t i = 0; good && i < sizeof audited / sizeof audited[0]; i++) {
        snprintf(file, sizeof file, "%s/../%s", table->folder, audited[i]);
        good = coverage_gather_audit(table->coverage, file, table->options.workers, &errors);
    }
    good = good && coverage_gather_write(table->coverage, (const char *const *)compilers, count,
                                         path, &errors);
    errors_print(&errors, "broken_table: ", stdout);
    errors_clear(&errors);
    return good && coverage_gather_holes(table->coverage) == 0;
}

/* What is said of it leaves nothing to be wrong. */
static bool conforms(char *const fields[FIELDS]) {
    return strcmp(fields[FAIL], "-") == 0 && strcmp(fields[NONSTRICT], "-") == 0;
}

/* Runs a probe on the part of the cases that the options name. Tells the outcome when it is right,
 * or final. */
static bool attempt(struct table *table, const char *mode, char *const fields[FIELDS],
                    struct probe **probes, size_t count, bool is_final, struct errors *errors) {
    bool right = false;
    struct report report = {0};
    size_t found = 0;

    if (cunit_run(probes, count, &table->set, &table->options, &report, errors)) {
        right = report.errors == 0 && is_as_red(table, &report.probes[0], fields, &found) &&
                (found > 0 || (!table->given.forgone && conforms(fields)));
        if (right || is_final) {
            show(&report.probes[0], mode, fields, right);
            note_coverage(table, mode, fields[FILE_NAME], &report.probes[0]);
            for (size_t i = 0; i < report.probes[0].notes_count && report.errors > 0; i++)
                printf("        %s\n", report.probes[0].notes[i]);
        }
    }
    report_clear(&report);
    return right;
}

/* Runs a probe on part of the cases, on more of them where none catches it, at last on all. */
static bool attempts(struct table *table, const char *mode, char *const fields[FIELDS],
                     struct probe **probes, size_t count, struct errors *errors) {
    const unsigned shard = table->options.shard, shards = table->options.shards;
    bool right = false;

    for (unsigned parts = shards; !right && errors_none(errors); parts /= 4) {
        table->options.shards = parts > 1 ? parts : 1;
        table->options.shard = parts > 1 ? (shard - 1) % parts + 1 : 1;
        right = attempt(table, mode, fields, probes, count, parts <= 1, errors);
        if (parts <= 1)
            break;
    }
    table->options.shard = shard;
    table->options.shards = shards;
    return right;
}

/* What the row expects as nonstrict may show. */
static bool conforms_alone(struct table *table, char *const fields[FIELDS], struct probe **probes,
                           size_t count, struct errors *errors) {
    struct report report = {0};
    size_t counts[REPORT_VERDICTS], found = 0;
    bool right = cunit_run(probes, count, &table->set, &table->options, &report, errors);

    report_count(&report, counts);
    right = right && report.errors == 0 && counts[REPORT_PASS] > 0 && counts[REPORT_FAIL] == 0 &&
            agrees(table, report.probes, fields[NONSTRICT], REPORT_NONSTRICT, &found);
    report_clear(&report);
    return right;
}

/* Else it belongs to those of --hunted. */
static bool draws_miss(const struct table *table, const char *mode, char *const fields[FIELDS],
                       const struct probe *probe, struct errors *errors) {
    const struct hunted_effort draws = {HUNT_SHORT_RUNS, false};
    struct hunted hunted = {0};
    bool missed = hunted_run(probe, &table->set, &table->options, &draws, NULL, &hunted, errors) &&
                  hunted.hunt.finds == 0;

    if (!missed)
        printf("WRONG   %s %s is found without a solver\n", fields[FILE_NAME], mode);
    hunted_clear(&hunted);
    return missed;
}

/* Runs a probe on all cases, which show nothing, and on what a short hunt finds beside them. */
static bool attempt_hunted(struct table *table, const char *mode, char *const fields[FIELDS],
                           struct probe **probes, size_t count, struct errors *errors) {
    const struct hunted_effort effort = {HUNT_SHORT_RUNS, table->solved};
    struct hunted hunted = {0};
    const struct scenario_set *set = &hunted.found;
    bool right = conforms_alone(table, fields, probes, count, errors);

    if (!right)
        printf("WRONG   %s %s does not conform on the cases alone\n", fields[FILE_NAME], mode);
    if (right && table->solved)
        right = draws_miss(table, mode, fields, probes[0], errors);
    if (right &&
        hunted_run(probes[0], &table->set, &table->options, &effort, NULL, &hunted, errors)) {
        table->options.sets = &set;
        right = attempt(table, mode, fields, probes, count, true, errors);
    }
    table->options.sets = NULL;
    hunted_clear(&hunted);
    return right && errors_none(errors);
}

static void run(struct table *table, const char *mode, char *const fields[FIELDS]) {
    bool is_manifest = strcmp(fields[KIND], "manifest") == 0;
    bool is_presence = strcmp(fields[KIND], "presence") == 0;
    struct probe_options options = {.entry = is_manifest ? NULL : fields[ENTRY],
                                    .answer = is_manifest || is_presence ? NULL : fields[KIND]};
    struct errors errors = {0};
    struct probe **probes = NULL;
    size_t count = 0;
    char path[1024], gate[1024];
    bool right = false;

    snprintf(path, sizeof path, "%s/%s/%.*s.%s", table->folder, mode,
             (int)strcspn(fields[FILE_NAME], "."), fields[FILE_NAME], is_manifest ? "yaml" : "so");
    table->options.profile = is_presence ? "presence" : NULL;
    broken_given_options(&table->given, &options);
    table->probes++;
    snprintf(gate, sizeof gate, "%s/../gate", table->folder);
    if (probe_load(path, &options, &probes, &count, &errors) &&
        (!broken_given_is_gated(&table->given) || gate_put(probes[0], gate, &errors)))
        right = table->hunted ? attempt_hunted(table, mode, fields, probes, count, &errors)
                              : attempts(table, mode, fields, probes, count, &errors);
    errors_print(&errors, "        ", stdout);
    table->wrong += !right;
    errors_clear(&errors);
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
}

/* Runs a row in its modes: a look sees one of them, under a condition each in turn. */
static void run_modes(struct table *table, char *fields[FIELDS], size_t index) {
    bool is_both = strcmp(fields[MODES], "both") == 0, is_look = table->options.shards > 1;
    bool odd = table->given.condition && index % 2 == 1;

    if (strcmp(fields[FAIL], "skip") == 0)
        return;
    if (strcmp(fields[MODES], "64") == 0 || (is_both && !(is_look && odd)))
        run(table, "64", fields);
    if (strcmp(fields[MODES], "32") == 0 || (is_both && (!is_look || odd)))
        run(table, "32", fields);
}

static bool run_all(struct table *table, FILE *expected, const char *name) {
    char line[1024], room[512], *fields[FIELDS];

    for (size_t index = 0; fgets(line, sizeof line, expected);) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (!split(line, fields)) {
            printf("a line with fewer than %d fields: %s\n", FIELDS, line);
            return false;
        }
        if (table->given.condition)
            broken_given_expect(&table->given, fields[FILE_NAME], (const char **)&fields[FAIL],
                                (const char **)&fields[NONSTRICT], room);
        if ((!name || strncmp(fields[FILE_NAME], name, strlen(name)) == 0) &&
            index++ % table->rows == table->row - 1)
            run_modes(table, fields, index);
        fflush(stdout);
    }
    return true;
}

/* Puts all that breaks the rule into a baseline. */
static bool list_rule(struct table *table) {
    struct errors errors = {0};
    char text[256];
    int size = snprintf(text, sizeof text, "* %s * fail\n* %s * nonstrict\n", table->given.forgone,
                        table->given.forgone);
    bool good = size > 0 && (size_t)size < sizeof text &&
                baseline_parse("baseline", text, (size_t)size, &table->listed, &errors);

    table->options.listed = &table->listed;
    errors_print(&errors, "broken_table: ", stdout);
    errors_clear(&errors);
    return good;
}

/* What follows PART/PARTS. False with a message. */
static bool read_rest(struct table *table, int count, char **arguments, const char **name) {
    table->row = table->rows = 1;
    if (count > 0 &&
        (strcmp(arguments[0], "--hunted") == 0 || strcmp(arguments[0], "--solved") == 0)) {
        table->hunted = true;
        table->solved = strcmp(arguments[0], "--solved") == 0;
        count--;
        arguments++;
    }
    if (count > 2 && strcmp(arguments[0], "--given") == 0) {
        if (!broken_given_open(&table->given, arguments[1], arguments[2]))
            return false;
        table->set.targets = table->given.target ? &table->given.target : NULL;
        table->set.targets_count = table->given.target != 0;
        if (table->given.forgone && rules_find(table->given.forgone) < 0) {
            printf("there is no rule '%s'\n", table->given.forgone);
            return false;
        }
        if (table->given.is_listed && !list_rule(table))
            return false;
        if (table->given.forgone && !table->given.is_listed)
            table->options.selected[rules_find(table->given.forgone)] = false;
        count -= 3;
        arguments += 3;
    }
    if (count > 0 && sscanf(arguments[0], "%u/%u", &table->row, &table->rows) == 2 &&
        table->rows > 0) {
        count--;
        arguments++;
    }
    *name = count > 0 && strcmp(arguments[0], "--coverage") != 0 ? arguments[0] : NULL;
    return true;
}

int main(int count, char **arguments) {
    struct table table = {0};
    struct coverage_gather coverage = {0};
    struct errors errors = {0};
    FILE *expected = count > 4 ? fopen(arguments[1], "r") : NULL;
    bool whole, covers = count > 6 && strcmp(arguments[5], "--coverage") == 0;
    const char *name;

    if (!expected ||
        sscanf(arguments[4], "%u/%u", &table.options.shard, &table.options.shards) != 2) {
        fputs("usage: broken_table EXPECTED FOLDER SCENARIOS PART/PARTS [ROW/ROWS] [NAME]\n",
              stderr);
        return 2;
    }
    table.folder = arguments[2];
    table.options.seed = 1;
    table.options.workers = pool_processors();
    memset(table.options.selected, true, sizeof table.options.selected);
    if (!read_rest(&table, count - 5, arguments + 5, &name) ||
        !scenario_set_add(&table.set, arguments[3], NULL, 1, &errors) ||
        (covers && !coverage_gather_open(&coverage, &table.set))) {
        errors_print(&errors, "broken_table: ", stderr);
        return 2;
    }
    table.coverage = covers ? &coverage : NULL;
    whole = run_all(&table, expected, name) && broken_given_all_used(&table.given);
    fclose(expected);
    if (whole && covers)
        whole = write_coverage(&table, arguments + 7, (size_t)count - 7, arguments[6]);
    coverage_gather_clear(&coverage);
    broken_given_close(&table.given);
    baseline_clear(&table.listed);
    scenario_set_clear(&table.set);
    printf("%zu broken probes, %zu not as expected\n", table.probes, table.wrong);
    return whole && table.probes > 0 && table.wrong == 0 ? 0 : 1;
}
