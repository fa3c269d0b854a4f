/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "emulator/guest/guest.h"
#include "harness/twins/twins.h"

#include <string.h>

static struct twin twin_with(enum twin_kind kind, struct cpuid_change change) {
    return (struct twin){.kind = kind, .changes = {change}, .changes_count = 1};
}

static void test_changes(void) {
    static const struct {
        struct cpuid_change change;
        const char *text;
    } rows[] = {
        {{.kind = CPUID_CHANGE_SET,
          .registers = CPUID_EBX,
          .first = 0x40000000,
          .last = 0x40000000,
          .values = {1, 0x4b4d564b, 2, 3}},
         "EBX of leaf 0x40000000 = 0x4b4d564b"},
        {{.kind = CPUID_CHANGE_SET,
          .registers = CPUID_EBX | CPUID_EDX,
          .first = 0x40000000,
          .last = 0x40000000,
          .values = {1, 2, 3, 4}},
         "EBX, EDX of leaf 0x40000000 = 0x2, 0x4"},
        {{.kind = CPUID_CHANGE_SET,
          .registers = CPUID_EBX | CPUID_ECX | CPUID_EDX,
          .first = 0x40000000,
          .last = 0x40000000,
          .values = {0, 0x4b4d564b, 0x564b4d56, 0x4d}},
         "EBX, ECX, EDX of leaf 0x40000000 = 0x4b4d564b, 0x564b4d56, 0x4d, which is "
         "\"KVMKVMKVM\""},
        {{.kind = CPUID_CHANGE_FLATTEN}, "every subleaf as subleaf 0"},
        {{.kind = CPUID_CHANGE_PROCESSOR, .seed = 0}, "another processor: Intel Core 2 (Conroe)"},
        {{.kind = CPUID_CHANGE_SET,
          .registers = CPUID_EAX,
          .first = 4,
          .last = 4,
          .only_subleaf_0 = true},
         "EAX of leaf 0x4 subleaf 0 = 0x0"},
        {{.kind = CPUID_CHANGE_XOR,
          .registers = CPUID_ECX,
          .first = 0x40000010,
          .last = 0x40000010,
          .values = {8, 8, 8, 8}},
         "ECX of leaf 0x40000010 ^= 0x8"},
        {{.kind = CPUID_CHANGE_SET,
          .registers = CPUID_ALL,
          .first = 0x40000011,
          .last = 0x40000011,
          .values = {1, 2, 3, 4}},
         "leaf 0x40000011 = 0x1, 0x2, 0x3, 0x4"},
        {{.kind = CPUID_CHANGE_FILL,
          .registers = CPUID_ALL,
          .first = 0x40000001,
          .last = 0x400000ff,
          .except = 0x40000010,
          .fill = CPUID_FILL_ZERO},
         "leaves 0x40000001-0x400000ff but 0x40000010 = zero"},
        {{.kind = CPUID_CHANGE_FILL,
          .registers = CPUID_ALL,
          .first = 0x40000011,
          .last = 0x400000ff,
          .except = 0x40000010,
          .fill = CPUID_FILL_JUNK},
         "leaves 0x40000011-0x400000ff = junk"}, /* the exception lies outside */
        {{.kind = CPUID_CHANGE_FILL,
          .registers = CPUID_ALL,
          .first = 0x40000001,
          .last = 0x40000002,
          .fill = CPUID_FILL_BASE},
         "leaves 0x40000001-0x40000002 = 0x40000000's"},
        {{.kind = CPUID_CHANGE_FILL,
          .registers = CPUID_ALL,
          .first = 0x40000001,
          .last = 0x40000002,
          .fill = CPUID_FILL_HIGHEST_BASIC},
         "leaves 0x40000001-0x40000002 = the highest basic leaf's"},
        {{.kind = CPUID_CHANGE_FILL,
          .registers = CPUID_ALL,
          .first = 0x40000001,
          .last = 0x40000002,
          .fill = CPUID_FILL_VALUES,
          .values = {1, 1, 1, 1}},
         "leaves 0x40000001-0x40000002 = 0x1, 0x1, 0x1, 0x1"},
        {{.kind = CPUID_CHANGE_PATTERN,
          .registers = CPUID_EAX,
          .first = 0x40000001,
          .last = 0x400000ff,
          .values = {.eax = 8}},
         "EAX of leaves 0x40000001-0x400000ff = 0x8"},
        {{.kind = CPUID_CHANGE_PATTERN,
          .registers = CPUID_EAX,
          .first = 0x40000001,
          .last = 0x400000ff,
          .values = {.eax = 8},
          .seed = 3},
         "EAX of leaves 0x40000001-0x400000ff = zero or 0x8, by pattern 3 of 12"},
        {{.kind = CPUID_CHANGE_SWAP_ROWS, .first = 1, .last = 15},
         "ranges 0x4000001X and 0x400000fX swapped"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct twin twin = twin_with(TWIN_LEAVES, rows[i].change);
        char text[256];

        CU_ASSERT_STRING_EQUAL(twin_describe(&twin, text, sizeof text), rows[i].text);
    }
}

static void test_fresh_starts(void) {
    const struct twin again = {.kind = TWIN_AGAIN}, garbage = {.kind = TWIN_GARBAGE, .garbage = 2};
    const struct twin litter = {.kind = TWIN_GARBAGE, .garbage = GUEST_LITTERED, .litter = 3};
    char text[256];

    CU_ASSERT_STRING_EQUAL(twin_describe(&again, text, sizeof text),
                           "nothing: a second fresh start");
    CU_ASSERT_STRING_EQUAL(twin_describe(&garbage, text, sizeof text),
                           "what the ABI leaves undefined in registers, arguments and stack (2)");
    CU_ASSERT_STRING_EQUAL(
        twin_describe(&litter, text, sizeof text),
        "what the ABI leaves undefined: numbers of the code, of the question and "
        "small ones lie in registers and dead stack");
}

static const struct cpuid_change maximum = {.kind = CPUID_CHANGE_SET,
                                            .registers = CPUID_EAX,
                                            .first = CPUID_BASE,
                                            .last = CPUID_BASE,
                                            .values = {0x400000ff, 0, 0, 0}};

/* Who asks for another leaf says so. */
static void test_other_target(void) {
    static const enum twin_kind kinds[] = {TWIN_RANGE, TWIN_RANGE_SIGNED, TWIN_COLUMN};

    for (size_t i = 0; i < 3; i++) {
        struct twin twin = twin_with(kinds[i], maximum);
        char text[256];

        twin.target = 0x40000020;
        CU_ASSERT_STRING_EQUAL(twin_describe(&twin, text, sizeof text),
                               "asked for 0x40000020, EAX of leaf 0x40000000 = 0x400000ff");
    }
}

static void test_several_changes(void) {
    struct twin twin = {.kind = TWIN_MAXIMUM, .changes = {maximum, maximum}, .changes_count = 2};
    char text[256];

    twin.changes[1].first = twin.changes[1].last = 0x40000010;
    CU_ASSERT_STRING_EQUAL(twin_describe(&twin, text, sizeof text),
                           "EAX of leaf 0x40000000 = 0x400000ff; "
                           "EAX of leaf 0x40000010 = 0x400000ff");
}

/* Cut where the buffer ends, and nothing is written behind it. */
static void test_short_buffers(void) {
    struct twin twin = {.kind = TWIN_MAXIMUM};
    char text[64];

    for (unsigned i = 0; i < TWIN_CHANGES_MAX; i++)
        twin.changes[twin.changes_count++] = maximum;
    for (size_t size = 1; size < sizeof text; size++) {
        memset(text, '#', sizeof text);
        twin_describe(&twin, text, size);
        CU_ASSERT_EQUAL(strlen(text), size - 1);
        CU_ASSERT_EQUAL(strncmp(text, "EAX of leaf 0x40000000 = 0x400000ff; EAX of leaf 0x40000000",
                                size - 1 < 58 ? size - 1 : 58),
                        0);
        CU_ASSERT_EQUAL(text[size], '#');
    }
}

static const struct unit_test tests[] = {
    {"changes", test_changes},
    {"fresh starts", test_fresh_starts},
    {"another target", test_other_target},
    {"several changes", test_several_changes},
    {"short buffers", test_short_buffers},
};

int main(void) {
    return UNIT_RUN(tests);
}
