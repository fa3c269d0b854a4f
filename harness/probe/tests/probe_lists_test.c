/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/probe/probe.h"
#include "harness/spec/rules.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The tables beside the bundled probes, and the lists of what was built from them. Whether each
 * probe gets the verdicts that its row expects is for the suite's own tests; here the rows
 * themselves are looked at.
 */
#define HARNESS HVSPEC_TEST_ROOT "/harness"
#define BUILT HVSPEC_TEST_PROBES
#define LINE_SIZE 1024u
#define FIELDS_MAX 8u
#define BROKEN_LEAST 50u     /* ways of being wrong */
#define CONFORMING_FIELDS 4u /* of build/probes/conforming/list.txt */

enum expected_field { FILE_NAME, MODES, ENTRY, OPTIONS, FAIL, NONSTRICT, NOTE, EXPECTED_FIELDS };

struct row {
    char line[LINE_SIZE];
    char *fields[FIELDS_MAX];
    size_t count;
};

static char *trim(char *text) {
    char *end = text + strlen(text);

    while (isspace((unsigned char)*text))
        text++;
    while (end > text && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return text;
}

/* The next row that is no comment, taken apart at '|'. False: no more. */
static bool next_row(FILE *stream, struct row *row) {
    char *at;

    do {
        if (!fgets(row->line, sizeof row->line, stream))
            return false;
    } while (row->line[0] == '#');
    row->count = 0;
    for (at = row->line; at && row->count < FIELDS_MAX; row->count++) {
        char *bar = strchr(at, '|');

        if (bar)
            *bar++ = '\0';
        row->fields[row->count] = trim(at);
        at = bar;
    }
    return true;
}

static FILE *open_list(const char *path) {
    FILE *stream = fopen(path, "r");

    if (!stream)
        fprintf(stderr, "%s is not there\n", path);
    CU_ASSERT_PTR_NOT_NULL(stream);
    return stream;
}

static bool exists_beside(const char *folder, const char *file, const char *ending) {
    char path[PATH_MAX];
    const char *dot = ending ? strrchr(file, '.') : NULL;
    const int length = dot ? (int)(dot - file) : (int)strlen(file);

    snprintf(path, sizeof path, "%s/%s/%.*s%s", HARNESS, folder, length, file, dot ? ending : "");
    return access(path, R_OK) == 0;
}

/* Whether a violation of the rule can be one of this level. Of generic/signature-ignored, which is a
 * must, one that differs in further reads alone, and in no answer, is none. */
static bool rule_can_be(const struct rule *rule, enum rule_level level) {
    return rule->level == level ||
           (level == RULE_SHOULD && strcmp(rule->id, "generic/signature-ignored") == 0);
}

/* Counts the rules of a comma-separated list in `seen`; each has to exist at this level. */
static size_t check_rules(const char *file, char *list, enum rule_level level, bool *seen) {
    size_t count = 0;

    if (strcmp(list, "-") == 0)
        return 0;
    for (char *id = strtok(list, ","); id; id = strtok(NULL, ","), count++) {
        const int rule = rules_find(id);
        const bool good = rule >= 0 && rule_can_be(&rules[rule], level) && !rules[rule].about_tables;

        if (!good)
            fprintf(stderr, "%s: no such rule at this level: %s\n", file, id);
        CU_ASSERT_TRUE(good);
        if (good)
            seen[rule] = true;
    }
    return count;
}

static void check_expected_row(struct row *row, bool *seen) {
    static const char *const modes[] = {"both", "64", "32"};
    static const char *const options[] = {"int", "value", "manifest", "presence"};
    const char *file = row->fields[FILE_NAME];
    bool known_mode = false, known_options = false;
    size_t named;

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        known_mode |= strcmp(row->fields[MODES], modes[i]) == 0;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        known_options |= strcmp(row->fields[OPTIONS], options[i]) == 0;
    CU_ASSERT_TRUE(known_mode);
    CU_ASSERT_TRUE(known_options);
    CU_ASSERT_TRUE(exists_beside("broken", file, NULL));
    CU_ASSERT_EQUAL(exists_beside("broken", file, ".yaml"),
                    strcmp(row->fields[OPTIONS], "manifest") == 0);
    CU_ASSERT_NOT_EQUAL(row->fields[NOTE][0], '\0');
    named = check_rules(file, row->fields[FAIL], RULE_MUST, seen);
    named += check_rules(file, row->fields[NONSTRICT], RULE_SHOULD, seen);
    CU_ASSERT_NOT_EQUAL(named, 0);
}

static void test_every_rule_has_a_broken_probe(void) {
    FILE *stream = open_list(HARNESS "/broken/expected.txt");
    bool seen[RULES] = {false};
    size_t count = 0;
    struct row row;

    if (!stream)
        return;
    for (; next_row(stream, &row); count++) {
        CU_ASSERT_EQUAL(row.count, EXPECTED_FIELDS);
        if (row.count == EXPECTED_FIELDS)
            check_expected_row(&row, seen);
    }
    fclose(stream);
    CU_ASSERT_TRUE(count >= BROKEN_LEAST);
    for (size_t i = 0; i < RULES; i++) {
        if (!seen[i] && !rules[i].about_tables)
            fprintf(stderr, "no broken probe for %s\n", rules[i].id);
        CU_ASSERT_TRUE(seen[i] || rules[i].about_tables);
    }
}

/* Loads every probe of build/probes/FOLDER/list.txt, which has `fields` fields a line and `least`
 * lines or more. */
static void load_listed(const char *folder, size_t fields, size_t least) {
    char path[PATH_MAX];
    FILE *stream;
    struct row row;
    size_t count = 0;

    snprintf(path, sizeof path, "%s/%s/list.txt", BUILT, folder);
    stream = open_list(path);
    if (!stream)
        return;
    for (; next_row(stream, &row); count++) {
        struct probe_options options = {0};
        struct probe **probes = NULL;
        struct errors errors = {0};
        size_t loaded = 0;

        if (strstr(row.fields[0], "/value-") && !strstr(row.fields[0], ".yaml"))
            options.entry = "hv_feature_value";
        snprintf(path, sizeof path, "%s/%s/%s", BUILT, folder, row.fields[0]);
        CU_ASSERT_EQUAL(row.count, fields);
        CU_ASSERT_TRUE(probe_load(path, &options, &probes, &loaded, &errors));
        CU_ASSERT_TRUE(loaded > 0);
        errors_print(&errors, "", stderr);
        errors_clear(&errors);
        for (size_t i = 0; i < loaded; i++)
            probe_free(probes[i]);
        free(probes);
    }
    fclose(stream);
    CU_ASSERT_TRUE(count >= least);
}

static void test_reference_builds_load(void) {
    load_listed("reference", 2, 20);
}

static void test_conforming_builds_load(void) {
    load_listed("conforming", CONFORMING_FIELDS, 20);
}

static void test_broken_builds_load(void) {
    load_listed("broken", 2, BROKEN_LEAST);
}

static const struct unit_test tests[] = {
    {"every rule has a broken probe, and every row names rules and files that exist",
     test_every_rule_has_a_broken_probe},
    {"every build of the reference probe can be loaded", test_reference_builds_load},
    {"every conforming probe can be loaded", test_conforming_builds_load},
    {"every broken probe can be loaded", test_broken_builds_load},
};

int main(void) {
    return UNIT_RUN(tests);
}
