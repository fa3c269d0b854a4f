/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/shell_quote.h"

#include "base/tests/unit.h"

#include <stdlib.h>

static void expect_quoted(const char *text, const char *quoted) {
    char *got = shell_quote(text);

    CU_ASSERT_STRING_EQUAL(got, quoted);
    free(got);
}

static void test_plain_words_stay(void) {
    expect_quoted("build/hv.so", "build/hv.so");
    expect_quoted("max/unsigned:max=0x80000000,target=0x40000010",
                  "max/unsigned:max=0x80000000,target=0x40000010");
    expect_quoted("16@0x7c00", "16@0x7c00");
}

static void test_words_with_a_meaning_are_quoted(void) {
    expect_quoted("", "''");
    expect_quoted("a b", "'a b'");
    expect_quoted("$HOME", "'$HOME'");
    expect_quoted("*", "'*'");
    expect_quoted("~root", "'~root'");
    expect_quoted("a\nb", "'a\nb'");
    expect_quoted("caf\xc3\xa9", "'caf\xc3\xa9'");
}

static void test_quotes_inside(void) {
    expect_quoted("it's", "'it'\\''s'");
    expect_quoted("'", "''\\'''");
}

static void test_paths_are_no_options(void) {
    char *path = shell_quote_path("-x y.so"), *plain = shell_quote_path("a/-x.so");

    CU_ASSERT_STRING_EQUAL(path, "'./-x y.so'");
    CU_ASSERT_STRING_EQUAL(plain, "a/-x.so");
    free(path);
    free(plain);
}

static const struct unit_test tests[] = {
    {"plain words stay as they are", test_plain_words_stay},
    {"words that mean something to a shell are quoted", test_words_with_a_meaning_are_quoted},
    {"quotes inside quotes", test_quotes_inside},
    {"a path is not taken for an option", test_paths_are_no_options},
};

int main(void) {
    return UNIT_RUN(tests);
}
