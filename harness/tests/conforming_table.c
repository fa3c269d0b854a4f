/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Runs the suite on every build of a list (the reference's, or the conforming probes') and requires
 * that nothing fails: no false alarms. Prints a line a build; for ctest.
 *
 *   conforming_table FOLDER SCENARIOS PART/PARTS [NAME=NONSTRICT-RULE]...
 *
 * FOLDER holds list.txt, lines "path | abi". Each build runs part PART of PARTS of all cases; with
 * "each" for PART the next part after the build before it, so that many builds of a style, one after
 * the other, run all cases between them.
 * Should rules that a build's style breaks are named: "scan-bases=max/no-read-beyond".
 */
#include "harness/pool.h"
#include "harness/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct table {
    const char *folder;
    struct scenario_set set;
    struct suite_options options;
    char *const *nonstrict; /* "NAME=RULE" */
    int nonstrict_count;
    size_t builds, wrong;
    bool spreads; /* each build runs the part after its predecessor's */
};

/* Whether a build with this path may break the rule. */
static bool may_break(const struct table *table, const char *path, const char *rule) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

    for (int i = 0; i < table->nonstrict_count; i++) {
        size_t length = strcspn(table->nonstrict[i], "=");

        if (strncmp(name, table->nonstrict[i], length) == 0 &&
            strcmp(table->nonstrict[i] + length + 1, rule) == 0)
            return true;
    }
    return false;
}

/* True when nothing failed, something passed, and exactly the named should-rules are nonstrict. */
static bool is_right(const struct table *table, const struct report_probe *probe,
                     const char *path) {
    size_t passed = 0;

    for (size_t i = 0; i < probe->rules_count; i++) {
        const struct report_rule *rule = &probe->rules[i];
        bool allowed = may_break(table, path, rule->id);

        passed += rule->verdict == REPORT_PASS;
        if (rule->verdict == REPORT_FAIL || rule->verdict == REPORT_ERROR ||
            (rule->verdict == REPORT_NONSTRICT) != allowed) {
            printf("        %s: %s, %s\n", rule->id, report_verdict_text(rule->verdict),
                   rule->examples_count > 0 ? rule->examples[0].case_id : "no example");
            return false;
        }
    }
    return passed > 0 && probe->verdict == REPORT_PASS;
}

static void run(struct table *table, const char *name) {
    struct probe_options options = {0};
    struct errors errors = {0};
    struct report report = {0};
    struct probe **probes = NULL;
    size_t count = 0;
    char path[2048];
    bool right = false;

    if (table->spreads)
        table->options.shard = (unsigned)(table->builds % table->options.shards) + 1;
    snprintf(path, sizeof path, "%s/%s", table->folder, name);
    if (probe_load(path, &options, &probes, &count, &errors) &&
        suite_run(probes, count, &table->set, &table->options, &report, &errors)) {
        right = report.errors == 0;
        for (size_t i = 0; i < report.probes_count; i++)
            right &= is_right(table, &report.probes[i], name);
    }
    printf("%-8s %s\n", right ? "conforms" : "WRONG", name);
    errors_print(&errors, "        ", stdout);
    fflush(stdout);
    table->builds++;
    table->wrong += !right;
    report_clear(&report);
    errors_clear(&errors);
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
}

int main(int count, char **arguments) {
    struct table table = {0};
    struct errors errors = {0};
    char path[1024], line[512];
    FILE *list;

    table.spreads = count >= 4 && sscanf(arguments[3], "each/%u", &table.options.shards) == 1;
    if (count < 4 || (!table.spreads && sscanf(arguments[3], "%u/%u", &table.options.shard,
                                               &table.options.shards) != 2)) {
        fputs("usage: conforming_table FOLDER SCENARIOS PART/PARTS [NAME=RULE]...\n", stderr);
        return 2;
    }
    table.folder = arguments[1];
    table.nonstrict = arguments + 4;
    table.nonstrict_count = count - 4;
    table.options.seed = 1;
    table.options.workers = pool_processors();
    memset(table.options.selected, true, sizeof table.options.selected);
    snprintf(path, sizeof path, "%s/list.txt", table.folder);
    list = fopen(path, "r");
    if (!list || !scenario_set_add(&table.set, arguments[2], NULL, 1, &errors)) {
        errors_print(&errors, "conforming_table: ", stderr);
        fprintf(stderr, "conforming_table: cannot read %s or the scenarios\n", path);
        return 2;
    }
    while (fgets(line, sizeof line, list)) {
        line[strcspn(line, " |\n")] = '\0';
        if (line[0] && !may_break(&table, line, "slow"))
            run(&table, line);
    }
    fclose(list);
    scenario_set_clear(&table.set);
    printf("%zu builds, %zu not as expected\n", table.builds, table.wrong);
    return table.builds > 0 && table.wrong == 0 ? 0 : 1;
}
