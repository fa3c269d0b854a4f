/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "base/tests/unit.h"
#include "reports/formats.h"

#include <stdlib.h>
#include <string.h>

/* An audit of one probe with one survivor. The caller frees the text. */
static char *written(const char *name) {
    static const struct audit_change change = {"removed", "the instruction replaced by NOPs"};
    char symbol[] = "hv", before[] = "jb 0x10aa", after[] = "nop", difference[] = "a|b", copy[32];
    struct audit_mutant mutant = {.fate = AUDIT_SURVIVED,
                                  .symbol = symbol,
                                  .before = before,
                                  .after = after,
                                  .differs = true,
                                  .difference = difference};
    struct audit_probe probe = {
        .name = copy, .mutants = &mutant, .mutants_count = 1, .sample_step = 1};
    struct audit_report report = {
        .changes = &change, .changes_count = 1, .probes = &probe, .probes_count = 1};
    struct report_style style = {.width = 0};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    snprintf(copy, sizeof copy, "%s", name);
    CU_ASSERT_TRUE(audit_markdown_write(&report, &style, stream));
    CU_ASSERT_TRUE_FATAL(memstream_close(stream, &text));
    return text;
}

static void check_name(const char *name, const char *cell, const char *item) {
    char *text = written(name);

    CU_ASSERT_PTR_NOT_NULL(strstr(text, cell));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, item));
    free(text);
}

static void test_plain(void) {
    check_name("hv.so", "\n| `hv.so` | 1 | 0 | 1 |",
               "\n- `hv.so`, removed at `hv+0x0`: `jb 0x10aa` became `nop`;");
}

static void test_bars_split_no_cell(void) {
    check_name("a|b", "\n| `a\\|b` | 1 |", "\n- `a|b`, removed");
}

static void test_backticks_end_no_code(void) {
    check_name("a`b", "\n| `` a`b `` | 1 |", "\n- `` a`b ``, removed");
    check_name("``", "\n| ``` `` ``` | 1 |", "\n- ``` `` ```, removed");
}

static void test_control_characters_are_spelled(void) {
    check_name("a\nb\x1b\xc2\x9b", "\n| `a\\x0ab\\x1b\\u{9b}` | 1 |",
               "\n- `a\\x0ab\\x1b\\u{9b}`, removed");
}

static const struct unit_test tests[] = {
    {"a name as it is", test_plain},
    {"a bar in a name splits no cell", test_bars_split_no_cell},
    {"a backtick in a name ends no code", test_backticks_end_no_code},
    {"control characters are spelled", test_control_characters_are_spelled},
};

int main(void) {
    return UNIT_RUN(tests);
}
