/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/command.h"

#include "base/tests/unit.h"

#include <string.h>

/* A command made for the tests: a flag with a letter, one without, words, a number, any text. */
static const enum option_id options[] = {OPTION_VERBOSE, OPTION_STRICT, OPTION_ANSWER, OPTION_JOBS,
                                         OPTION_ENTRY};
static const struct command command = {
    .name = "demo",
    .operands = "A [B]",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 2,
};

#define ARGUMENTS_MAX 8

struct parsed {
    struct command_line line;
    struct errors errors;
    bool good;
};

/* Parses words separated by single spaces; "" between two spaces is an empty argument. */
static struct parsed parse(char *words) {
    struct parsed parsed = {0};
    char *arguments[ARGUMENTS_MAX];
    int count = 0;

    while (words && count < ARGUMENTS_MAX)
        arguments[count++] = strsep(&words, " ");
    parsed.good = command_line_parse(&command, count, arguments, &parsed.line, &parsed.errors);
    return parsed;
}

static void parsed_clear(struct parsed *parsed) {
    command_line_clear(&parsed->line);
    errors_clear(&parsed->errors);
}

static void expect_error(const char *words, const char *message) {
    char copy[128];
    struct parsed parsed;

    strcpy(copy, words);
    parsed = parse(copy);
    CU_ASSERT_FALSE(parsed.good);
    CU_ASSERT_EQUAL(parsed.errors.count, 1);
    if (parsed.errors.count == 1)
        CU_ASSERT_STRING_EQUAL(parsed.errors.entries[0].message, message);
    parsed_clear(&parsed);
}

static void test_options_anywhere(void) {
    char words[] = "a --jobs 4 b -e f";
    struct parsed parsed = parse(words);

    CU_ASSERT_TRUE(parsed.good);
    CU_ASSERT_EQUAL(parsed.line.operands_count, 2);
    CU_ASSERT_STRING_EQUAL(parsed.line.operands[0], "a");
    CU_ASSERT_STRING_EQUAL(parsed.line.operands[1], "b");
    CU_ASSERT_STRING_EQUAL(command_line_last(&parsed.line, OPTION_JOBS), "4");
    CU_ASSERT_STRING_EQUAL(command_line_last(&parsed.line, OPTION_ENTRY), "f");
    CU_ASSERT_FALSE(command_line_has(&parsed.line, OPTION_STRICT));
    parsed_clear(&parsed);
}

static void test_joined_arguments(void) {
    char words[] = "a -vvj4 --entry=x=y --answer=";
    struct parsed parsed;
    char good[] = "a -vvj4 --entry=x=y";

    parsed = parse(good);
    CU_ASSERT_TRUE(parsed.good);
    CU_ASSERT_EQUAL(command_line_count(&parsed.line, OPTION_VERBOSE), 2);
    CU_ASSERT_STRING_EQUAL(command_line_last(&parsed.line, OPTION_JOBS), "4");
    CU_ASSERT_STRING_EQUAL(command_line_last(&parsed.line, OPTION_ENTRY), "x=y");
    parsed_clear(&parsed);
    expect_error(words, "--answer does not know '': what the function returns: int, bool or value "
                        "(default: int; more kinds in a manifest)");
}

static void test_the_last_counts_and_all_are_kept(void) {
    char words[] = "-e first a -e second";
    struct parsed parsed = parse(words);

    CU_ASSERT_EQUAL(parsed.line.values_count, 2);
    CU_ASSERT_STRING_EQUAL(parsed.line.values[0].text, "first");
    CU_ASSERT_STRING_EQUAL(command_line_last(&parsed.line, OPTION_ENTRY), "second");
    parsed_clear(&parsed);
}

static void test_two_dashes_end_options(void) {
    char words[] = "-v -- -v --";
    struct parsed parsed = parse(words);

    CU_ASSERT_TRUE(parsed.good);
    CU_ASSERT_EQUAL(command_line_count(&parsed.line, OPTION_VERBOSE), 1);
    CU_ASSERT_EQUAL(parsed.line.operands_count, 2);
    CU_ASSERT_STRING_EQUAL(parsed.line.operands[0], "-v");
    CU_ASSERT_STRING_EQUAL(parsed.line.operands[1], "--");
    parsed_clear(&parsed);
}

static void test_a_dash_and_nothing_are_operands(void) {
    char words[] = "- ";
    struct parsed parsed = parse(words);

    CU_ASSERT_TRUE(parsed.good);
    CU_ASSERT_EQUAL(parsed.line.operands_count, 2);
    CU_ASSERT_STRING_EQUAL(parsed.line.operands[0], "-");
    CU_ASSERT_STRING_EQUAL(parsed.line.operands[1], "");
    parsed_clear(&parsed);
}

static void test_mistakes_are_named(void) {
    expect_error("a --strct", "demo has no option '--strct', did you mean --strict?; see hvspec "
                              "help demo");
    expect_error("a -z", "demo has no option '-z'; see hvspec help demo");
    expect_error("a --budget 1", "demo has no option '--budget'; see hvspec help demo");
    expect_error("a --jobs", "--jobs needs an argument: --jobs N");
    expect_error("a -j", "--jobs needs an argument: --jobs N");
    expect_error("a --strict=yes", "--strict takes no argument");
    expect_error("--strict", "demo needs A [B]; usage: hvspec demo [OPTION...] A [B]");
    expect_error("a b c", "unexpected 'c'; usage: hvspec demo [OPTION...] A [B]");
}

static void test_a_wrong_word_has_a_neighbour(void) {
    expect_error("a -a vlaue", "--answer does not know 'vlaue', did you mean value?: what the "
                               "function returns: int, bool or value (default: int; more kinds in "
                               "a manifest)");
}

static void test_help_needs_no_operands(void) {
    char words[] = "-h";
    struct parsed parsed = parse(words);

    CU_ASSERT_TRUE(parsed.good);
    CU_ASSERT_TRUE(command_line_has(&parsed.line, OPTION_HELP));
    parsed_clear(&parsed);
}

static bool number_of(const char *text, uint64_t *number) {
    char words[64];
    struct parsed parsed;
    bool good;

    snprintf(words, sizeof words, "a -j%s", text);
    parsed = parse(words);
    good = parsed.good &&
           command_line_number(&parsed.line, OPTION_JOBS, 1, 256, 7, number, &parsed.errors);
    CU_ASSERT_EQUAL(good, parsed.errors.count == 0);
    parsed_clear(&parsed);
    return good;
}

static void test_numbers(void) {
    static const char *const bad[] = {
        "0", "010", "257", "-1", "+1", "x", "4x", "1e2", "0x", "\t4", "4.0", "99999999999999999999999"};
    uint64_t number;

    CU_ASSERT_TRUE(number_of("1", &number) && number == 1);
    CU_ASSERT_TRUE(number_of("256", &number) && number == 256);
    CU_ASSERT_TRUE(number_of("0x10", &number) && number == 16);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CU_ASSERT_FALSE(number_of(bad[i], &number));
    }
}

static void test_a_missing_number_is_the_fallback(void) {
    struct command_line none = {0};
    struct errors errors = {0};
    uint64_t number = 0;

    CU_ASSERT_TRUE(command_line_number(&none, OPTION_JOBS, 1, 256, 7, &number, &errors));
    CU_ASSERT_EQUAL(number, 7);
}

/* Every row can be reached, and no two of one command by the same letter. */
static void test_the_rows(void) {
    for (size_t i = 0; i < commands_count; i++) {
        bool taken[256] = {false};

        for (unsigned id = 0; id < OPTIONS; id++) {
            unsigned char letter = (unsigned char)option_rows[id].letter;

            if (!command_offers(commands[i], id) || letter == 0)
                continue;
            CU_ASSERT_FALSE(taken[letter]);
            taken[letter] = true;
        }
        CU_ASSERT_PTR_NOT_NULL(commands[i]->run);
        CU_ASSERT_TRUE(strlen(commands[i]->text) > 0 && strlen(commands[i]->examples) > 0);
    }
    for (unsigned id = 0; id < OPTIONS; id++) {
        bool offered = false;

        CU_ASSERT_PTR_NOT_NULL_FATAL(option_rows[id].name);
        CU_ASSERT_PTR_NOT_NULL(option_rows[id].help);
        CU_ASSERT_EQUAL(option_rows[id].words != NULL, option_rows[id].complete == COMPLETE_WORDS);
        for (size_t i = 0; i < commands_count; i++)
            offered |= command_offers(commands[i], id);
        CU_ASSERT_TRUE(offered);
    }
}

static void test_unknown_commands(void) {
    struct errors errors = {0};

    CU_ASSERT_PTR_NULL(command_find("chekc", &errors));
    CU_ASSERT_STRING_EQUAL(errors.entries[0].message,
                           "there is no command 'chekc', did you mean check?; see hvspec help");
    CU_ASSERT_PTR_NOT_NULL(command_find("check", &errors));
    CU_ASSERT_EQUAL(errors.count, 1);
    errors_clear(&errors);
}

static const struct unit_test tests[] = {
    {"options stand anywhere", test_options_anywhere},
    {"letters and arguments may be joined", test_joined_arguments},
    {"of repeated options the last counts, and all are kept",
     test_the_last_counts_and_all_are_kept},
    {"two dashes end the options", test_two_dashes_end_options},
    {"a dash and an empty argument are operands", test_a_dash_and_nothing_are_operands},
    {"each mistake is named", test_mistakes_are_named},
    {"a wrong word is shown its neighbour", test_a_wrong_word_has_a_neighbour},
    {"--help needs no operands", test_help_needs_no_operands},
    {"numbers have bounds and nothing around them", test_numbers},
    {"a number that is not given is the fallback", test_a_missing_number_is_the_fallback},
    {"every row can be reached", test_the_rows},
    {"an unknown command is shown its neighbour", test_unknown_commands},
};

int main(void) {
    return UNIT_RUN(tests);
}
