/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/yaml/tree.h"

#include "base/tests/unit.h"

#include <stdlib.h>
#include <string.h>

static struct yaml_file *parsed(const char *text, struct errors *errors) {
    return yaml_file_parse("t.yaml", text, strlen(text), errors);
}

static void test_tree_with_places(void) {
    struct errors errors = {0};
    struct yaml_file *file = parsed("# a comment\n"
                                    "name: hv\n"
                                    "list: [1, two]\n"
                                    "map:\n"
                                    "  \"in\": '3'\n"
                                    "none:\n",
                                    &errors);
    const struct yaml_tree *node;

    CU_ASSERT_TRUE(errors_none(&errors));
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(file->root.kind, YAML_TREE_MAP);
    CU_ASSERT_EQUAL(file->root.count, 4);

    node = yaml_tree_get(&file->root, "list");
    CU_ASSERT_PTR_NOT_NULL_FATAL(node);
    CU_ASSERT_EQUAL(node->kind, YAML_TREE_LIST);
    CU_ASSERT_EQUAL(node->key_line, 3);
    CU_ASSERT_EQUAL(node->key_column, 1);
    CU_ASSERT_EQUAL(node->column, 7);
    CU_ASSERT_EQUAL_FATAL(node->count, 2);
    CU_ASSERT_STRING_EQUAL(node->items[1].text, "two");
    CU_ASSERT_EQUAL(node->items[1].line, 3);
    CU_ASSERT_EQUAL(node->items[1].column, 11);
    CU_ASSERT_PTR_NULL(node->items[1].key);

    node = yaml_tree_get(yaml_tree_get(&file->root, "map"), "in");
    CU_ASSERT_PTR_NOT_NULL_FATAL(node);
    CU_ASSERT_TRUE(node->quoted);
    CU_ASSERT_EQUAL(node->line, 5);
    CU_ASSERT_STRING_EQUAL(yaml_tree_get(&file->root, "none")->text, "");
    CU_ASSERT_PTR_NULL(yaml_tree_get(&file->root, "nam"));
    CU_ASSERT_PTR_NULL(yaml_tree_get(node, "in"));
    yaml_file_free(file);
}

static void test_numbers(void) {
    static const struct {
        const char *text;
        bool ok;
        uint64_t number;
        bool negative;
    } rows[] = {
        {"0", true, 0, false},
        {"0x40000010", true, 0x40000010, false},
        {"0xDEAD_beef", true, 0xdeadbeef, false},
        {"1_000_000", true, 1000000, false},
        {"18446744073709551615", true, UINT64_MAX, false},
        {"18446744073709551616", false, 0, false},
        {"0xffffffffffffffff", true, UINT64_MAX, false},
        {"0x10000000000000000", false, 0, false},
        {"-19", true, UINT64_MAX - 18, true},
        {"-0", true, 0, false},
        {"-9223372036854775808", true, (uint64_t)1 << 63, true},
        {"-9223372036854775809", false, 0, false},
        {"'1'", false, 0, false},
        {"010", false, 0, false},
        {"1.5", false, 0, false},
        {"0x", false, 0, false},
        {"-x", false, 0, false},
        {"1_", false, 0, false},
        {"1__0", false, 0, false},
        {"0x_1", false, 0, false},
        {"+1", false, 0, false},
        {"1 2", false, 0, false},
        {"eax", false, 0, false},
        {"[1]", false, 0, false},
        {"", false, 0, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct errors errors = {0};
        char text[64];
        struct yaml_file *file;
        uint64_t number = 0;
        bool negative = false, ok;

        snprintf(text, sizeof text, "n: %s", rows[i].text);
        file = parsed(text, &errors);
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        ok = yaml_tree_number(&file->root.items[0], &number, &negative);
        if (ok != rows[i].ok || number != rows[i].number || negative != rows[i].negative) {
            printf("%s: ok %d, %llu, negative %d\n", text, ok, (unsigned long long)number,
                   negative);
            CU_FAIL("number");
        }
        if (negative)
            CU_ASSERT_FALSE(yaml_tree_number(&file->root.items[0], &number, NULL));
        yaml_file_free(file);
    }
}

/* Texts that must be refused, with the place and a piece of the message of the first error. */
static void test_refused(void) {
    static const struct {
        const char *text;
        unsigned line, column;
        const char *message;
        size_t errors;
    } rows[] = {
        {"", 0, 0, "the file is empty", 1},
        {"# only a comment\n", 0, 0, "the file is empty", 1},
        {"a: [1\nb: 2\n", 2, 2, "not YAML", 1},
        {"a: 1\n\tb: 2\n", 2, 1, "not YAML", 1},
        {"a: 1\nb: &x 3\nc: *x\n", 2, 4, "anchors", 2},
        {"a: &a [*a]\n", 1, 4, "anchors", 2},
        {"a: !!int 3\n", 1, 4, "tags", 1},
        {"? [a]\n: 1\n", 1, 3, "a key has to be text", 1},
        {"*a : 1\n", 1, 1, "aliases", 1},
        {"--- a\n--- b\n", 2, 1, "a second document", 1},
        {"a: \"x\\0y\"\n", 1, 4, "zero byte", 1},
        {"b: 1\na: \x01\n", 2, 0, "not YAML: control characters are not allowed", 1},
        {"\x7f\x45\x4c\x46\x02", 1, 0, "not YAML", 1},
        {"a: \xff\xfe\n", 1, 0, "not YAML", 1},
        {"[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", 1, 18, "nested too deeply", 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct errors errors = {0};
        struct yaml_file *file = parsed(rows[i].text, &errors);
        const struct error *first = errors.entries;

        if (file || errors.count != rows[i].errors || first->line != rows[i].line ||
            first->column != rows[i].column || !strstr(first->message, rows[i].message)) {
            printf("row %zu (%s):\n", i, rows[i].text);
            errors_print(&errors, "  ", stdout);
            CU_FAIL("refused");
        }
        yaml_file_free(file);
        errors_clear(&errors);
    }
}

/* Sizes at which a careless reader runs out of memory, stack or time. */
static void test_large(void) {
    struct errors errors = {0};
    size_t size = YAML_TREE_FILE_MAX;
    char *text = malloc(size + 1);
    struct yaml_file *file;
    size_t used = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, '[', size + 1);
    CU_ASSERT_PTR_NULL(yaml_file_parse("t.yaml", text, size, &errors));
    CU_ASSERT_EQUAL(errors.count, 1);
    CU_ASSERT_PTR_NULL(yaml_file_parse("t.yaml", text, size + 1, &errors));
    CU_ASSERT_EQUAL_FATAL(errors.count, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(errors.entries[1].message, "1 MiB"));
    errors_clear(&errors);

    for (unsigned i = 0; used + 12 < size; i++)
        used += (size_t)sprintf(text + used, "k%06u: 0\n", i);
    CU_ASSERT_PTR_NULL(yaml_file_parse("t.yaml", text, used, &errors));
    CU_ASSERT_EQUAL_FATAL(errors.count, 1);
    CU_ASSERT_EQUAL(errors.entries[0].line, 4097);
    errors_clear(&errors);

    text[0] = text[1] = '[';
    for (used = 2; used < size; used += 2)
        memcpy(text + used, "0,", 2);
    text[size - 2] = text[size - 1] = ']';
    file = yaml_file_parse("t.yaml", text, size, &errors);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(file->root.items[0].count, (size - 4) / 2);
    yaml_file_free(file);
    free(text);
}

/* The items of a list, each read again on its own, are where they were. */
static void test_items_as_files(void) {
    static const char *const texts[] = {
        "# \xc3\xa4 comment\n"
        "- \xe2\x82\xac: 1 # \xc3\xb6\n"
        "  b: [2]\n"
        "- b: |\n"
        "    3\n"
        "\n"
        "-\n"
        "  b: {c: 4}\n",
        "\xef\xbb\xbf[{a: 0,\n  b: [2]},\n {b: '3'},\n\n\n {\n  b: {c: 4}}]\n",
    };

    for (size_t i = 0; i < 2; i++) {
        struct errors errors = {0};
        struct yaml_file *file = parsed(texts[i], &errors);

        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        CU_ASSERT_EQUAL_FATAL(file->root.count, 3);
        for (size_t j = 0; j < 3; j++) {
            const struct yaml_tree *item = &file->root.items[j];
            struct yaml_file *alone = yaml_file_item(file, item, &errors);
            const struct yaml_tree *b, *b_alone;

            errors_print(&errors, "", stdout);
            CU_ASSERT_PTR_NOT_NULL_FATAL(alone);
            b = yaml_tree_get(item, "b");
            b_alone = yaml_tree_get(&alone->root, "b");
            CU_ASSERT_PTR_NOT_NULL_FATAL(b_alone);
            CU_ASSERT_EQUAL(alone->root.count, item->count);
            CU_ASSERT_EQUAL(b_alone->kind, b->kind);
            CU_ASSERT_EQUAL(b_alone->count, b->count);
            CU_ASSERT_EQUAL(b_alone->line, b->line);
            CU_ASSERT_EQUAL(b_alone->column, b->column);
            if (b->text)
                CU_ASSERT_STRING_EQUAL(b_alone->text, b->text);
            yaml_file_free(alone);
        }
        CU_ASSERT_EQUAL(yaml_tree_get(&file->root.items[0], "b")->line, i ? 2 : 3);
        CU_ASSERT_EQUAL(yaml_tree_get(&file->root.items[2], "b")->line, i ? 7 : 8);
        yaml_file_free(file);
    }
}

static void test_unreadable(void) {
    struct errors errors = {0};

    CU_ASSERT_PTR_NULL(yaml_file_load("no-such-file.yaml", &errors));
    CU_ASSERT_PTR_NULL(yaml_file_load(HVSPEC_TEST_SOURCE, &errors));
    CU_ASSERT_PTR_NULL(yaml_file_load("/dev/zero", &errors));
    CU_ASSERT_EQUAL_FATAL(errors.count, 3);
    CU_ASSERT_STRING_EQUAL(errors.entries[0].message, "No such file or directory");
    CU_ASSERT_STRING_EQUAL(errors.entries[1].message, "Is a directory");
    CU_ASSERT_PTR_NOT_NULL(strstr(errors.entries[2].message, "1 MiB"));
    errors_clear(&errors);
}

static const struct unit_test tests[] = {
    {"everything has its line and column", test_tree_with_places},
    {"numbers, and what only looks like one", test_numbers},
    {"what is not plain data is refused", test_refused},
    {"large input is bounded", test_large},
    {"an item of a list as a file of its own", test_items_as_files},
    {"files that cannot be read", test_unreadable},
};

int main(void) {
    return UNIT_RUN(tests);
}
