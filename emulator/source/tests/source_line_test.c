/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "emulator/source/quote.h"
#include "emulator/source/source_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGE_TESTS HVSPEC_TEST_ROOT "/emulator/image/tests" /* the fixtures are theirs */
#define ELSEWHERE HVSPEC_TEST_FIXTURES                       /* no source file lies below it */
#define FIXTURE(name) HVSPEC_TEST_FIXTURES "/" name

/* The line of a function's first instruction. */
static void check_line(const char *path, const char *root, const char *function, const char *file,
                       unsigned line) {
    struct errors errors = {0};
    struct image *image = image_load_elf(path, &errors);
    const struct image_symbol *symbol = image ? image_find_symbol(image, function) : NULL;
    struct source_line *source = image ? source_line_open(image) : NULL;
    const char *found_file = "";
    unsigned found_line = 0;

    CU_ASSERT_PTR_NOT_NULL(symbol);
    CU_ASSERT_PTR_NOT_NULL(source);
    if (symbol && source) {
        bool rooted = source_line_set_root(source, root);
        bool found = source_line_find(source, symbol->address, &found_file, &found_line);

        CU_ASSERT_TRUE(rooted);
        CU_ASSERT_EQUAL(found, line != 0);
        CU_ASSERT_EQUAL(found_line, line);
        CU_ASSERT_STRING_EQUAL(found_file, file);
        CU_ASSERT_FALSE(source_line_find(source, image->import_area, &found_file, &found_line));
        CU_ASSERT_FALSE(source_line_find(source, 0, &found_file, &found_line));
    }
    source_line_close(source);
    image_free(image);
    errors_clear(&errors);
}

/* Lines of fixtures/probe.c and fixtures/plain.c, where the functions are defined. */
static const struct {
    const char *gcc, *clang, *function, *file;
    unsigned line;
} places[] = {
#define ROW(fixture, function, file, line)                                                         \
    { FIXTURE(fixture), FIXTURE("clang-" fixture), function, file, line }
    ROW("probe64.so", "hv_second", "probe.c", 43),
    ROW("probe32.so", "hv_second", "probe.c", 43),
    ROW("hardened64.so", "hv_second", "probe.c", 43),
    ROW("stripped64.so", "hv_second", "", 0),
    ROW("probe64.o", "hv_second", "probe.c", 43),
    ROW("kernel64.o", "hv_second", "probe.c", 43),
    ROW("kernel64.o", "hv_feature_available", "probe.c", 33),
    ROW("probe32.o", "hv_second", "probe.c", 43),
    ROW("plain64", "hv_feature_available", "plain.c", 8),
    ROW("plain32", "_start", "plain.c", 17),
    ROW("pie64", "hv_feature_available", "main.c", 9),
    ROW("static64", "hv_feature_available", "main.c", 9),
#undef ROW
};

static void test_lines_of_functions(void) {
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        check_line(places[i].gcc, ELSEWHERE, places[i].function, places[i].file, places[i].line);
        if (access(places[i].clang, F_OK) == 0)
            check_line(places[i].clang, ELSEWHERE, places[i].function, places[i].file,
                       places[i].line);
    }
}

/* The fixtures are compiled by their absolute names, as CMake does by default. */
static void test_names_below_a_root(void) {
    static const struct {
        const char *root, *file;
    } rows[] = {
        {IMAGE_TESTS, "fixtures/probe.c"},     {IMAGE_TESTS "/..", "tests/fixtures/probe.c"},
        {IMAGE_TESTS "/fixtures/", "probe.c"}, {IMAGE_TESTS "/fix", "probe.c"}, /* no folder */
        {HVSPEC_TEST_BINARY, "probe.c"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_line(FIXTURE("probe64.so"), rows[i].root, "hv_second", rows[i].file, 43);
}

static void test_names_below_the_current_folder(void) {
    char before[4096];

    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(before, sizeof before));
    CU_ASSERT_EQUAL_FATAL(chdir(IMAGE_TESTS "/.."), 0);
    check_line(FIXTURE("probe64.so"), NULL, "hv_second", "tests/fixtures/probe.c", 43);
    CU_ASSERT_EQUAL_FATAL(chdir(before), 0);
}

/* What report readers are shown of a file: only what lies below the root, links followed. */
static void test_quotes(void) {
    static const struct {
        const char *root, *link, *path;
        unsigned first;
        size_t wanted, count;
        const char *text;
    } rows[] = {
        {"quote/root", NULL, "quote/root/hv.c", 2, 3, 2, "    two # x"},
        {"quote/root", NULL, "quote/root/hv.c", 9, 3, 0, NULL},
        {"quote/root", NULL, "quote/root/../secret", 1, 3, 0, NULL},
        {"quote/root", "../secret", "quote/root/link", 1, 3, 0, NULL},
        {"quote/root", "hv.c", "quote/root/link", 1, 1, 1, "one"},
        {"quote/roo", NULL, "quote/root/hv.c", 1, 3, 0, NULL},
        {"quote/root", NULL, "quote/root", 1, 3, 0, NULL},
        {"quote/root", NULL, "/dev/zero", 1, 3, 0, NULL},
        {"/", NULL, "quote/secret", 1, 3, 1, "secret"},
    };
    char before[4096], root[4096];
    FILE *file;

    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(before, sizeof before));
    CU_ASSERT_EQUAL_FATAL(chdir(HVSPEC_TEST_BINARY), 0);
    mkdir("quote", 0777);
    mkdir("quote/root", 0777);
    file = fopen("quote/root/hv.c", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs("one\n\ttwo # x  \r\nthree", file);
    fclose(file);
    file = fopen("quote/secret", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs("secret\n", file);
    fclose(file);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *lines[3] = {NULL, NULL, NULL};
        size_t count;

        remove("quote/root/link");
        if (rows[i].link)
            CU_ASSERT_EQUAL(symlink(rows[i].link, "quote/root/link"), 0);
        if (!realpath(rows[i].root, root)) /* no such folder: the name of none */
            snprintf(root, sizeof root, "%.2000s/%s", HVSPEC_TEST_BINARY, rows[i].root);
        count = source_quote(root, rows[i].path, rows[i].first, rows[i].wanted, lines);
        CU_ASSERT_EQUAL(count, rows[i].count);
        if (rows[i].text && count > 0)
            CU_ASSERT_STRING_EQUAL(lines[0], rows[i].text);
        for (size_t k = 0; k < count; k++)
            free(lines[k]);
    }
    CU_ASSERT_EQUAL(chdir(before), 0);
}

/* The return of hv_start in fixtures/probe.c, whose lines are 19 to 21. */
static void test_line_inside_a_function(void) {
    struct errors errors = {0};
    struct image *image = image_load_elf(FIXTURE("kernel64.o"), &errors);
    const struct image_symbol *symbol;
    struct source_line *source;
    const char *file;
    unsigned line = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    symbol = image_find_symbol(image, "hv_start");
    source = source_line_open(image);
    CU_ASSERT_PTR_NOT_NULL_FATAL(symbol);
    CU_ASSERT_PTR_NOT_NULL_FATAL(source);
    CU_ASSERT_TRUE(source_line_find(source, symbol->address + symbol->size - 1, &file, &line));
    CU_ASSERT_TRUE(line >= 19 && line <= 21);
    source_line_close(source);
    image_free(image);
}

/* Bytes of a function's parameters, by the debug information of each kind of file. */
static void test_parameters(void) {
    static const struct {
        const char *gcc, *clang, *function;
        unsigned sizes[5];
    } rows[] = {
#define ROW(fixture, function, ...)                                                                \
    {FIXTURE(fixture), FIXTURE("clang-" fixture), function, __VA_ARGS__}
        ROW("plain64", "hv_feature_available", {4}),
        ROW("plain64", "hv_wide", {8, 8, 2}),
        ROW("plain32", "hv_wide", {4, 8, 2}),
        ROW("plain64", "_start", {0}),
        ROW("probe64.so", "hv_second", {4}),
        ROW("hardened64.so", "hv_second", {4}),
        ROW("stripped64.so", "hv_second", {0}),
        ROW("kernel64.o", "hv_second", {4}),
        ROW("kernel64.o", "hv_feature_available", {4}),
#undef ROW
    };

    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        const char *path = i % 2 ? rows[i / 2].clang : rows[i / 2].gcc;
        const char *function = rows[i / 2].function;
        struct errors errors = {0};
        struct image *image = access(path, F_OK) == 0 ? image_load_elf(path, &errors) : NULL;
        const struct image_symbol *symbol = image ? image_find_symbol(image, function) : NULL;
        struct source_line *source = image ? source_line_open(image) : NULL;

        CU_ASSERT_TRUE(symbol || i % 2);
        for (unsigned k = 0; symbol && source && k < 5; k++) {
            unsigned size = source_line_parameter_size(source, symbol->address, k);

            if (size != rows[i / 2].sizes[k])
                printf("\n    %s, %s, %u: %u", path, function, k, size);
            CU_ASSERT_EQUAL(size, rows[i / 2].sizes[k]);
        }
        if (symbol && source) /* no function begins there */
            CU_ASSERT_EQUAL(source_line_parameter_size(source, symbol->address + 1, 0), 0);
        source_line_close(source);
        image_free(image);
        errors_clear(&errors);
    }
}

/* A file that is gone, a file that is no ELF file, a device. */
static void test_nothing_known(void) {
    static const char *const paths[] = {HVSPEC_TEST_BINARY "/no such file",
                                        IMAGE_TESTS "/fixtures/probe.c", "/dev/null"};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct image image = {.path = (char *)paths[i], .mode = IMAGE_64};
        struct source_line *source = source_line_open(&image);
        const char *file;
        unsigned line;

        CU_ASSERT_PTR_NOT_NULL_FATAL(source);
        CU_ASSERT_FALSE(source_line_find(source, 0x10000000, &file, &line));
        CU_ASSERT_EQUAL(source_line_parameter_size(source, 0x10000000, 0), 0);
        source_line_close(source);
    }
    source_line_close(NULL);
}

/* The file says that a function's origin is in a named pipe, which nobody writes to; nesting is far
 * deeper than a stack. */
static void test_strangers(void) {
    static const struct {
        const char *function;
        unsigned line;
    } rows[] = {{"hv_shallow", 12}, {"hv_nested", 21}, {"hv_deep", 30}, {"hv_elsewhere", 40}};
    struct errors errors = {0};
    struct image *image = image_load_elf(FIXTURE("stranger64.so"), &errors);
    struct source_line *source = image ? source_line_open(image) : NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(source);
    unlink(FIXTURE("stranger.pipe"));
    CU_ASSERT_EQUAL(mkfifo(FIXTURE("stranger.pipe"), 0600), 0);
    alarm(60);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct image_symbol *symbol = image_find_symbol(image, rows[i].function);
        const char *file = "";
        unsigned line = 0;

        CU_ASSERT_PTR_NOT_NULL_FATAL(symbol);
        CU_ASSERT_TRUE(source_line_find(source, symbol->address, &file, &line));
        CU_ASSERT_STRING_EQUAL(file, "stranger.c");
        CU_ASSERT_EQUAL(line, rows[i].line);
        CU_ASSERT_EQUAL(source_line_parameter_size(source, symbol->address, 0), 0);
    }
    alarm(0);
    unlink(FIXTURE("stranger.pipe"));
    source_line_close(source);
    image_free(image);
    errors_clear(&errors);
}

static const struct unit_test tests[] = {
    {"quotes", test_quotes},
    {"lines of functions", test_lines_of_functions},
    {"names below a root", test_names_below_a_root},
    {"names below the current folder", test_names_below_the_current_folder},
    {"a line inside a function", test_line_inside_a_function},
    {"parameters", test_parameters},
    {"nothing known", test_nothing_known},
    {"Debug information of strangers", test_strangers},
};

int main(void) {
    return UNIT_RUN(tests);
}
