/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "base/nearest.h"

#include <string.h>

static const char *const words[] = {"title", "rules", "why", "hypervisor", "signature", "expect"};

static const char *nearest(const char *word) {
    return nearest_word(word, words, sizeof words / sizeof words[0]);
}

static void test_one_edit(void) {
    static const struct {
        const char *typed, *meant;
    } rows[] = {
        {"titel", "title"},           /* swap */
        {"tile", "title"},            /* insert */
        {"rulles", "rules"},          /* delete */
        {"hypervizor", "hypervisor"}, /* replace */
        {"EXPECT", "expect"},         /* case does not count */
        {"sigantrue", "signature"},   /* two swaps */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *found = nearest(rows[i].typed);

        CU_ASSERT_PTR_NOT_NULL(found);
        if (found)
            CU_ASSERT_STRING_EQUAL(found, rows[i].meant);
    }
}

static void test_nothing_near(void) {
    CU_ASSERT_PTR_NULL(nearest("probability"));
    CU_ASSERT_PTR_NULL(nearest(""));
    CU_ASSERT_PTR_NULL(nearest("wy")); /* one edit of two letters is more than a third */
    CU_ASSERT_PTR_NULL(nearest_word("title", NULL, 0));
}

static void test_the_third_is_the_limit(void) {
    static const char *const only[] = {"abcdef"};

    CU_ASSERT_PTR_NOT_NULL(nearest_word("abcdXY", only, 1)); /* 2 of 6 */
    CU_ASSERT_PTR_NULL(nearest_word("abcXYZ", only, 1));     /* 3 of 6 */
}

static void test_a_part_is_near(void) {
    static const char *const ids[] = {"max/*", "max/read-first", "max/reaches-target",
                                      "generic/signature-ignored", "target/is-read"};
    static const struct {
        const char *typed, *meant;
    } rows[] = {
        {"max/reach", "max/reaches-target"},
        {"MAX/READ", "max/read-first"},
        {"max", "max/*"},
        {"signature", "generic/signature-ignored"}, /* not at its start, so after those that are */
        {"is-read", "target/is-read"},
        {"ma", NULL}, /* in too many */
        {"reaches-max", NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *found = nearest_word(rows[i].typed, ids, sizeof ids / sizeof ids[0]);

        CU_ASSERT_EQUAL(found == NULL, rows[i].meant == NULL);
        if (found && rows[i].meant)
            CU_ASSERT_STRING_EQUAL(found, rows[i].meant);
    }
}

static void test_the_first_of_equals_wins(void) {
    static const char *const both[] = {"leaf-1", "leaf-2"};

    CU_ASSERT_STRING_EQUAL(nearest_word("leaf-3", both, 2), "leaf-1");
}

static void test_long_words(void) {
    char big[4096];
    const char *const only[] = {big};

    memset(big, 'a', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    CU_ASSERT_PTR_NULL(nearest(big));
    CU_ASSERT_PTR_NULL(nearest_word("aaaa", only, 1));
}

static const struct unit_test tests[] = {
    {"one or two typing mistakes are seen through", test_one_edit},
    {"a word that is near to nothing gets no suggestion", test_nothing_near},
    {"a third of the length is the limit", test_the_third_is_the_limit},
    {"a part of a word is near", test_a_part_is_near},
    {"the first of equally near words is named", test_the_first_of_equals_wins},
    {"long words are refused, not compared", test_long_words},
};

int main(void) {
    return UNIT_RUN(tests);
}
