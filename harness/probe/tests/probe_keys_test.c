/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/probe/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is said of the keys elsewhere is what the table has. */

static char *read_whole(const char *path) {
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;

    CU_ASSERT_PTR_NOT_NULL(file);
    if (file) {
        CU_ASSERT_TRUE(getdelim(&text, &size, '\0', file) > 0);
        fclose(file);
    }
    return text;
}

/* The lines of MANIFEST.md's table of keys: from its heading to the first line that is no row. */
static char *read_manual(void) {
    char *text = read_whole(HVSPEC_TEST_ROOT "/harness/MANIFEST.md");
    char *table = text ? strstr(text, "\n## Keys\n") : NULL;
    char *rows = table ? strstr(table, "\n|---") : NULL, *end = rows;

    CU_ASSERT_PTR_NOT_NULL(rows);
    if (!rows) {
        free(text);
        return NULL;
    }
    while ((end = strchr(end + 1, '\n')) && end[1] == '|') {
    }
    memmove(text, rows, (size_t)(end - rows) + 1);
    text[end - rows + 1] = '\0';
    return text;
}

static bool manual_has(const char *rows, const char *key) {
    char start[100];

    snprintf(start, sizeof start, "\n| `%s` | ", key);
    return strstr(rows, start) != NULL;
}

static void test_manual_has_every_key(void) {
    char *rows = read_manual();

    for (size_t i = 0; rows && i < probe_keys_count; i++) {
        if (!manual_has(rows, probe_keys[i].name))
            printf("\nMANIFEST.md has no row for the key %s\n", probe_keys[i].name);
        CU_ASSERT_TRUE(manual_has(rows, probe_keys[i].name));
    }
    free(rows);
}

static bool is_key(const char *name, size_t length) {
    for (size_t i = 0; i < probe_keys_count; i++) {
        if (strlen(probe_keys[i].name) == length && strncmp(probe_keys[i].name, name, length) == 0)
            return true;
    }
    return false;
}

static void test_manual_has_no_other_key(void) {
    char *rows = read_manual();

    for (char *row = rows; row && (row = strstr(row, "\n| `")); row++) {
        const char *name = row + 4;

        CU_ASSERT_TRUE(is_key(name, strcspn(name, "`")));
    }
    free(rows);
}

/* The schema's properties of a probe, which stand one level below it. */
static void test_schema_has_every_key(void) {
    char *text = read_whole(HVSPEC_TEST_ROOT "/harness/probe/probe.schema.json");
    char *probe = text ? strstr(text, "\n    \"probe\": {") : NULL;

    CU_ASSERT_PTR_NOT_NULL(probe);
    for (size_t i = 0; probe && i < probe_keys_count; i++) {
        char property[100];

        snprintf(property, sizeof property, "\n        \"%s\": {", probe_keys[i].name);
        if (!strstr(probe, property))
            printf("\nprobe.schema.json has no property %s\n", probe_keys[i].name);
        CU_ASSERT_PTR_NOT_NULL(strstr(probe, property));
    }
    free(text);
}

static void test_rows_document_themselves(void) {
    for (size_t i = 0; i < probe_keys_count; i++) {
        CU_ASSERT_PTR_NOT_NULL(probe_keys[i].value);
        CU_ASSERT_PTR_NOT_NULL(probe_keys[i].meaning);
    }
}

static const struct unit_test tests[] = {
    {"every key has a row in MANIFEST.md", test_manual_has_every_key},
    {"MANIFEST.md has no row for a key that is none", test_manual_has_no_other_key},
    {"every key is in the schema", test_schema_has_every_key},
    {"every key says what it takes and what it means", test_rows_document_themselves},
};

int main(void) {
    return UNIT_RUN(tests);
}
