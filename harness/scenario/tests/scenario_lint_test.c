/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/scenario/scenario.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Each file in lint/ is a bad scenario. Its first lines say what has to be said of it, one comment
 * a mistake, in order: "# LINE:COLUMN: MESSAGE", or "# MESSAGE" for one without a place. So a new
 * test is a new file.
 */
#define LINT HVSPEC_TEST_ROOT "/harness/tests/lint"

/* The error as the comments have it, without the file's name; the caller frees it. */
static char *error_line(const struct error *error) {
    char *line = NULL;
    int length = error->line
                     ? asprintf(&line, "# %u:%u: %s\n", error->line, error->column, error->message)
                     : asprintf(&line, "# %s\n", error->message);

    return length < 0 ? NULL : line;
}

static void complain(const char *path, const char *what, const char *line) {
    fprintf(stderr, "%s: %s: %s", path, what, line);
    CU_FAIL("the file is judged otherwise than its first lines say");
}

/* Compares the comment lines on top of the file with the errors. */
static void check_errors(const char *path, FILE *file, const struct errors *errors) {
    char expected[2048];
    size_t next = 0;

    while (fgets(expected, sizeof expected, file) && expected[0] == '#') {
        char *found = next < errors->count ? error_line(&errors->entries[next++]) : NULL;

        if (!found || strcmp(found, expected) != 0) {
            complain(path, "expected", expected);
            complain(path, "found", found ? found : "nothing\n");
        }
        free(found);
    }
    CU_ASSERT_TRUE(next > 0);
    for (; next < errors->count; next++) {
        char *found = error_line(&errors->entries[next]);

        complain(path, "found also", found ? found : "out of memory\n");
        free(found);
    }
}

static void check_file(const char *path) {
    struct scenario_set set = {0};
    struct errors errors = {0};
    FILE *file = fopen(path, "r");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    if (scenario_load(&set, path, NULL, 1, &errors))
        complain(path, "found", "no mistake\n");
    check_errors(path, file, &errors);
    fclose(file);
    errors_clear(&errors);
    scenario_set_clear(&set);
}

static int by_name(const FTSENT **a, const FTSENT **b) {
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void test_bad_files(void) {
    static char folder[] = LINT;
    char *const roots[] = {folder, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    FTSENT *entry;
    size_t files = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(tree);
    while ((entry = fts_read(tree))) {
        if (entry->fts_info != FTS_F || !strstr(entry->fts_name, ".yaml"))
            continue;
        files++;
        check_file(entry->fts_path);
    }
    fts_close(tree);
    CU_ASSERT_TRUE(files >= 20);
}

static const struct unit_test tests[] = {
    {"every bad file is told what its first lines say", test_bad_files},
};

int main(void) {
    return UNIT_RUN(tests);
}
