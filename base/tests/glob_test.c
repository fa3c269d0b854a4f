/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/glob.h"

#include "base/tests/unit.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *glob, *text;
    bool matches;
} matches[] = {
    {"", "", true},
    {"", "a", false},
    {"a", "", false},
    {"max/zero", "max/zero", true},
    {"max/zero", "max/zeros", false},
    {"max/zeros", "max/zero", false},
    {"*", "", true},
    {"*", "max/zero:target=0x40000010", true},
    {"max/*", "max/", true},
    {"max/*", "max", false},
    {"*zero", "max/zero", true},
    {"*zero", "max/zeroes", false},
    {"a*b*c", "a-b-b-c", true},
    {"a*b*c", "a-c-b", false},
    {"a?c", "abc", true},
    {"a?c", "ac", false},
    {"?", "", false},
    {"a\\*c", "a*c", true},
    {"a\\*c", "abc", false},
    {"a\\", "a\\", true},
    {"[ab]", "a", false},
    {"[ab]", "[ab]", true},
};

static void test_matches(void) {
    for (size_t i = 0; i < sizeof matches / sizeof matches[0]; i++) {
        if (glob_match(matches[i].glob, matches[i].text) != matches[i].matches)
            CU_FAIL(matches[i].glob);
    }
    CU_PASS("all rows");
}

/* Backtracking into every star would take for ever. */
static void test_many_stars_end(void) {
    char glob[201], text[4001];

    for (size_t i = 0; i < 200; i += 2) {
        glob[i] = '*';
        glob[i + 1] = 'a';
    }
    glob[199] = 'b';
    glob[200] = '\0';
    memset(text, 'a', 4000);
    text[4000] = '\0';
    CU_ASSERT_FALSE(glob_match(glob, text));
}

static void test_wild(void) {
    CU_ASSERT_TRUE(glob_is_wild("*"));
    CU_ASSERT_TRUE(glob_is_wild("max/?ero"));
    CU_ASSERT_FALSE(glob_is_wild("max/zero"));
    CU_ASSERT_FALSE(glob_is_wild("\\*\\?"));
    CU_ASSERT_FALSE(glob_is_wild("a\\"));
}

static void test_quoted(void) {
    static const struct {
        const char *text, *quoted;
    } rows[] = {{"hv.so", "hv.so"},
                {"my probe #1", "my\\ probe\\ \\#1"},
                {"a*?\\", "a\\*\\?\\\\"},
                {"a\nb\x1b", "a?b?"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *quoted = glob_quote(rows[i].text);

        CU_ASSERT_PTR_NOT_NULL_FATAL(quoted);
        CU_ASSERT_STRING_EQUAL(quoted, rows[i].quoted);
        CU_ASSERT_TRUE(glob_match(quoted, rows[i].text));
        free(quoted);
    }
}

static const struct unit_test tests[] = {
    {"matches", test_matches},
    {"many stars end", test_many_stars_end},
    {"wild", test_wild},
    {"quoted", test_quoted},
};

int main(void) {
    return UNIT_RUN(tests);
}
