/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define REPLACED "\xef\xbf\xbd" /* U+FFFD */

static const struct {
    const char *text, *terminal, *unicode, *xml;
} rows[] = {
    {"", "", "", ""},
    {"plain, 100% <b>&\"", "plain, 100% <b>&\"", "plain, 100% <b>&\"", "plain, 100% <b>&\""},
    /* two, three and four bytes */
    {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
     "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
    /* C0 controls, DEL, C1 controls */
    {"\x1b[2J", "\\x1b[2J", "\x1b[2J", REPLACED "[2J"},
    {"a\tb\r\n", "a\\x09b\\x0d\\x0a", "a\tb\r\n", "a\tb\r\n"},
    {"\x7f\xc2\x9b", "\\x7f\\u{9b}", "\x7f\xc2\x9b", "\x7f\xc2\x9b"},
    /* right-to-left override, zero-width space, a language tag */
    {"\xe2\x80\xae\xe2\x80\x8b\xf3\xa0\x81\x81", "\\u{202e}\\u{200b}\\u{e0041}",
     "\xe2\x80\xae\xe2\x80\x8b\xf3\xa0\x81\x81", "\xe2\x80\xae\xe2\x80\x8b\xf3\xa0\x81\x81"},
    /* U+FFFE is no XML character, U+FFFD is */
    {"\xef\xbf\xbe" REPLACED, "\\u{fffe}" REPLACED, "\xef\xbf\xbe" REPLACED, REPLACED REPLACED},
    /* invalid: a lone continuation, overlong forms, a surrogate, above U+10FFFF, cut off */
    {"\x80", "\\x80", REPLACED, REPLACED},
    {"\xc0\xaf", "\\xc0\\xaf", REPLACED REPLACED, REPLACED REPLACED},
    {"\xe0\x80\xaf", "\\xe0\\x80\\xaf", REPLACED REPLACED REPLACED, REPLACED REPLACED REPLACED},
    {"\xed\xa0\x80", "\\xed\\xa0\\x80", REPLACED REPLACED REPLACED, REPLACED REPLACED REPLACED},
    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", REPLACED REPLACED REPLACED REPLACED,
     REPLACED REPLACED REPLACED REPLACED},
    {"\xe2\x82", "\\xe2\\x82", REPLACED REPLACED, REPLACED REPLACED},
    {"\xe2\x82 x", "\\xe2\\x82 x", REPLACED REPLACED " x", REPLACED REPLACED " x"},
    {"\xff", "\\xff", REPLACED, REPLACED},
};

static void check(const char *text, enum text_use use, const char *expected) {
    char *harmless = text_harmless(text, use);

    CU_ASSERT_PTR_NOT_NULL_FATAL(harmless);
    CU_ASSERT_STRING_EQUAL(harmless, expected);
    if (strcmp(harmless, expected) != 0)
        printf("\n    got \"%s\" for \"%s\" ", harmless, expected);
    free(harmless);
}

static void test_forms(void) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check(rows[i].text, TEXT_TERMINAL, rows[i].terminal);
        check(rows[i].text, TEXT_UNICODE, rows[i].unicode);
        check(rows[i].text, TEXT_XML, rows[i].xml);
    }
}

static void test_columns_count_what_is_shown(void) {
    const char text[] = "ab\x1b c";

    CU_ASSERT_EQUAL(text_columns("", NULL), 0);
    CU_ASSERT_EQUAL(text_columns("\xc3\xa9\xe2\x82\xac", NULL), 2);
    CU_ASSERT_EQUAL(text_columns(text, NULL), 8);
    CU_ASSERT_EQUAL(text_columns(text, text + 3), 6);
}

/* Every byte alone and every pair: nothing that a terminal obeys comes out, and no end is missed.
 */
static void test_no_two_bytes_steer_a_terminal(void) {
    size_t steering = 0;

    for (unsigned first = 1; first < 256; first++) {
        for (unsigned second = 0; second < 256; second++) {
            const char text[3] = {(char)first, (char)second, '\0'};
            char *harmless = text_harmless(text, TEXT_TERMINAL);

            CU_ASSERT_PTR_NOT_NULL_FATAL(harmless);
            for (const char *c = harmless; *c; c++)
                steering += (unsigned char)*c < 0x20 || *c == 0x7f;
            steering += strstr(harmless, "\xc2\x9b") != NULL;
            free(harmless);
        }
    }
    CU_ASSERT_EQUAL(steering, 0);
}

static void test_signatures(void) {
    static const struct {
        uint32_t ebx, ecx, edx;
        const char *text;
    } spelled[] = {
        {0x4b4d564b, 0x564b4d56, 0x0000004d, "\"KVMKVMKVM\""},
        {0x61774d56, 0x4d566572, 0x65726177, "\"VMwareVMware\""},
        {0x76796862, 0x68622065, 0x20657679, "\"bhyve bhyve \""},
        {0, 0, 0, "zero bytes"},
        {0, 0x41, 0, "\"\\x00\\x00\\x00\\x00A\""},
        {0x1b225c7f, 0, 0, "\"\\x7f\\x5c\\x22\\x1b\""},
        {0xffffffff, 0xffffffff, 0xffffffff,
         "\"\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\""},
    };

    for (size_t i = 0; i < sizeof spelled / sizeof spelled[0]; i++) {
        char text[TEXT_SIGNATURE_SIZE];

        CU_ASSERT_STRING_EQUAL(text_signature(spelled[i].ebx, spelled[i].ecx, spelled[i].edx, text),
                               spelled[i].text);
    }
}

static const struct unit_test tests[] = {
    {"signatures", test_signatures},
    {"each use has its harmless form", test_forms},
    {"columns count what is shown", test_columns_count_what_is_shown},
    {"no two bytes steer a terminal", test_no_two_bytes_steer_a_terminal},
};

int main(void) {
    return UNIT_RUN(tests);
}
