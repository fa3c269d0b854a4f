/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/errors.h"
#include "base/tests/unit.h"

#include <stdlib.h>
#include <string.h>

static char *printed(const struct errors *errors) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    errors_print(errors, "hvspec: ", stream);
    fclose(stream);
    return text;
}

static void test_places(void) {
    struct errors errors = {0};
    char *text;

    CU_ASSERT_TRUE(errors_none(&errors));
    CU_ASSERT_FALSE(errors_add(&errors, "a.yaml", 3, 7, "unknown key '%s'", "titel"));
    CU_ASSERT_FALSE(errors_add(&errors, "b.elf", 0, 0, "truncated"));
    CU_ASSERT_FALSE(errors_add(&errors, NULL, 0, 0, "no probe given"));
    CU_ASSERT_FALSE(errors_none(&errors));
    text = printed(&errors);
    CU_ASSERT_STRING_EQUAL(text, "hvspec: a.yaml:3:7: unknown key 'titel'\n"
                                 "hvspec: b.elf: truncated\n"
                                 "hvspec: no probe given\n");
    free(text);
    errors_clear(&errors);
    CU_ASSERT_TRUE(errors_none(&errors));
}

static void test_hostile_text_stays_on_one_line(void) {
    struct errors errors = {0};
    char *text;

    errors_add(&errors, "a\nb", 1, 0, "found '%s'", "x\r\n\x1b[31m");
    text = printed(&errors);
    CU_ASSERT_STRING_EQUAL(text, "hvspec: a?b:1: found 'x???[31m'\n");
    free(text);
    errors_clear(&errors);
}

static void test_the_same_is_said_once(void) {
    struct errors errors = {0};

    for (int again = 0; again < 2; again++) {
        CU_ASSERT_FALSE(errors_add(&errors, "a.so", 0, 0, "truncated"));
        CU_ASSERT_FALSE(errors_add(&errors, "b.so", 0, 0, "truncated"));
        CU_ASSERT_FALSE(errors_add(&errors, "a.so", 3, 0, "truncated"));
    }
    CU_ASSERT_EQUAL(errors.count, 3);
    CU_ASSERT_FALSE(errors_add(&errors, NULL, 0, 0, "no probe given"));
    CU_ASSERT_FALSE(errors_add(&errors, NULL, 0, 0, "no probe given"));
    CU_ASSERT_EQUAL(errors.count, 5);
    errors_clear(&errors);
}

static const struct unit_test tests[] = {
    {"file, line and column are printed as far as known", test_places},
    {"the same is said once of a place", test_the_same_is_said_once},
    {"hostile text stays on one line", test_hostile_text_stays_on_one_line},
};

int main(void) {
    return UNIT_RUN(tests);
}
