/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Runs the suite on every build of a list (the reference's, or the conforming probes') and requires
 * that nothing fails: no false alarms. Prints a line a build; for ctest.
 *
 *   conforming_table FOLDER SCENARIOS [HEAVY-PARTS USUAL-PARTS]
 *
 * FOLDER holds list.txt, lines "path | abi | nonstrict | speed", the last two as in
 * harness/conforming/builds.txt and only where builds were made from it. Each build runs all cases,
 * or with PARTS one of so many parts of them, the next one after that of the build of its speed
 * before it, so that the many builds of a style, one after the other, run all of them. The slow
 * ones are left out.
 */
#include "base/pool.h"
#include "harness/cunit/cunit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct table {
    const char *folder;
    struct scenario_set set;
    struct suite_options options;
    unsigned parts[2]; /* of builds that are usual, and heavy */
    size_t builds, of_speed[2], slow, wrong;
    size_t cases;
};

/* A line of the list. */
struct build {
    char path[512], abi[32], nonstrict[256], speed[16];
};

/* Whether a word is among those that a list separates by commas. */
static bool is_listed(const char *list, const char *word) {
    size_t length = strlen(word);

    for (const char *at = list; *at; at += at[0] == ',') {
        size_t next = strcspn(at, ",");

        if (next == length && strncmp(at, word, length) == 0)
            return true;
        at += next;
    }
    return false;
}

/* True when nothing failed, something passed, and exactly the named should-rules are nonstrict. */
static bool is_right(const struct build *build, const struct report_probe *probe) {
    size_t passed = 0;

    for (size_t i = 0; i < probe->rules_count; i++) {
        const struct report_rule *rule = &probe->rules[i];

        passed += rule->verdict == REPORT_PASS;
        if (rule->verdict == REPORT_FAIL || rule->verdict == REPORT_ERROR ||
            (rule->verdict == REPORT_NONSTRICT) != is_listed(build->nonstrict, rule->id)) {
            printf("        %s: %s, %s\n", rule->id, report_verdict_text(rule->verdict),
                   rule->examples_count > 0 ? rule->examples[0].case_id : "no example");
            return false;
        }
    }
    for (size_t i = 0; i < probe->notes_count; i++) {
        if (strncmp(probe->notes[i], "hint:", 5) == 0) {
            printf("        %s\n", probe->notes[i]);
            return false;
        }
    }
    return passed > 0 && probe->verdict == REPORT_PASS;
}

static void run(struct table *table, const struct build *build) {
    struct probe_options options = {0};
    struct errors errors = {0};
    struct report report = {0};
    struct probe **probes = NULL;
    size_t count = 0;
    char path[2048];
    bool right = false;

    snprintf(path, sizeof path, "%s/%s", table->folder, build->path);
    if (probe_load(path, &options, &probes, &count, &errors) &&
        cunit_run(probes, count, &table->set, &table->options, &report, &errors)) {
        right = report.errors == 0;
        for (size_t i = 0; i < report.probes_count; i++)
            right &= is_right(build, &report.probes[i]);
    }
    printf("%-8s %s\n", right ? "conforms" : "WRONG", build->path);
    errors_print(&errors, "        ", stdout);
    fflush(stdout);
    table->builds++;
    table->wrong += !right;
    table->cases += report.cases;
    report_clear(&report);
    errors_clear(&errors);
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
}

/* Runs the build of a line, or leaves it out. False: the line says something else. */
static bool run_line(struct table *table, const char *line) {
    struct build build = {.nonstrict = "-", .speed = "usual"};
    int fields = sscanf(line, "%511s | %31s | %255s | %15s", build.path, build.abi, build.nonstrict,
                        build.speed);
    bool is_heavy = strcmp(build.speed, "heavy") == 0, is_slow = strcmp(build.speed, "slow") == 0;

    if ((fields != 2 && fields != 4) ||
        (!is_heavy && !is_slow && strcmp(build.speed, "usual") != 0))
        return false;
    if (is_slow) {
        table->slow++;
        return true;
    }
    table->options.shards = table->parts[is_heavy];
    table->options.shard = (unsigned)(table->of_speed[is_heavy]++ % table->options.shards) + 1;
    run(table, &build);
    return true;
}

static bool run_list(struct table *table) {
    char path[1024], line[1024];
    FILE *list;
    bool understood = true;

    snprintf(path, sizeof path, "%s/list.txt", table->folder);
    list = fopen(path, "r");
    if (!list)
        fprintf(stderr, "conforming_table: cannot read %s\n", path);
    while (list && understood && fgets(line, sizeof line, list)) {
        understood = run_line(table, line);
        if (!understood)
            fprintf(stderr, "conforming_table: %s: what is this: %s", path, line);
    }
    if (list)
        fclose(list);
    return list && understood;
}

int main(int count, char **arguments) {
    struct table table = {.parts = {1, 1}};
    struct errors errors = {0};
    bool done;

    if ((count != 3 && count != 5) ||
        (count == 5 && (sscanf(arguments[3], "%u", &table.parts[true]) != 1 ||
                        sscanf(arguments[4], "%u", &table.parts[false]) != 1 ||
                        table.parts[false] == 0 || table.parts[true] == 0))) {
        fputs("usage: conforming_table FOLDER SCENARIOS [HEAVY-PARTS USUAL-PARTS]\n", stderr);
        return 2;
    }
    table.folder = arguments[1];
    table.options.seed = 1;
    table.options.workers = pool_processors();
    memset(table.options.selected, true, sizeof table.options.selected);
    if (!scenario_set_add(&table.set, arguments[2], NULL, 1, &errors)) {
        errors_print(&errors, "conforming_table: ", stderr);
        return 2;
    }
    done = run_list(&table);
    scenario_set_clear(&table.set);
    printf(
        "%zu builds, 1/%u of the cases on each, of which %zu heavy with 1/%u, %zu slow ones left "
        "out; %zu cases run, %zu builds not as expected\n",
        table.builds, table.parts[false], table.of_speed[true], table.parts[true], table.slow,
        table.cases, table.wrong);
    if (!done)
        return 2;
    return table.builds > 0 && table.wrong == 0 ? 0 : 1;
}
