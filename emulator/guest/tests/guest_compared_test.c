/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

#include <string.h>

static struct guest_compared noted;

/* The code is called with the target as its argument. */
static bool start(struct machine *machine, enum image_mode mode, const char *hex) {
    static const struct guest_argument argument = {.kind = GUEST_ARGUMENT_TARGET};

    machine_make(machine, mode, hex);
    machine->arguments[0] = argument;
    machine->setup.arguments_count = 1;
    machine->setup.abi = mode == IMAGE_64 ? GUEST_SYSV64 : GUEST_CDECL32;
    machine->setup.entry = MACHINE_CODE;
    CU_ASSERT_TRUE(guest_place_parse("eax", mode, &machine->setup.answer));
    if (!machine_start(machine))
        return false;
    memset(&noted, 0, sizeof noted);
    guest_note_comparisons(machine->guest, &noted);
    return true;
}

/* The one comparison that a call makes, with what; or none. */
static void test_operands(void) {
    enum { TARGET = 0x40000010 };
    static const struct {
        const char *what, *hex;
        enum image_mode mode;
        uint64_t operands[2];
        unsigned width; /* 0: none is noted */
        bool is_test;
    } rows[] = {
        {"cmp edi, 0x1234", "81 ff 34 12 00 00 c3", IMAGE_64, {TARGET, 0x1234}, 4, false},
        {"cmp edi, -1", "83 ff ff c3", IMAGE_64, {TARGET, UINT32_MAX}, 4, false},
        {"sub edi, 5", "83 ef 05 c3", IMAGE_64, {TARGET, 5}, 4, false},
        {"cmp di, 5", "66 83 ff 05 c3", IMAGE_64, {0x10, 5}, 2, false},
        {"test dil, 4", "40 f6 c7 04 c3", IMAGE_64, {0x10, 4}, 1, true},
        {"bt edi, 5", "0f ba e7 05 c3", IMAGE_64, {TARGET, 0x20}, 4, true},
        {"mov eax, 0x900; cmp ah, 7", "b8 00 09 00 00 80 fc 07 c3", IMAGE_64, {9, 7}, 1, false},
        {"what lies in memory",
         "c7 44 24 f8 44 33 22 11 83 7c 24 f8 55 c3",
         IMAGE_64,
         {0x11223344, 0x55},
         4,
         false},
        {"mov eax, [esp + 4]; cmp eax, 5",
         "8b 44 24 04 83 f8 05 c3",
         IMAGE_32,
         {TARGET, 5},
         4,
         false},
        {"mov ecx, 3; bt [rsp - 8], ecx",
         "b9 03 00 00 00 0f a3 4c 24 f8 c3",
         IMAGE_64,
         {0},
         0,
         false},
        {"test edi, edi", "85 ff c3", IMAGE_64, {0}, 0, false},
        {"a thread's own memory", "64 83 3c 25 28 00 00 00 01 c3", IMAGE_64, {0}, 0, false},
        {"add edi, 5", "83 c7 05 c3", IMAGE_64, {0}, 0, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        if (start(&machine, rows[i].mode, rows[i].hex)) {
            const struct guest_comparison *first = &noted.comparisons[0];

            CU_ASSERT_EQUAL(machine_ask(&machine, TARGET).end, OBSERVATION_RETURNED);
            if (noted.count != (rows[i].width > 0))
                printf("\n    %s", rows[i].what);
            CU_ASSERT_EQUAL(noted.count, rows[i].width > 0);
            if (noted.count == 1) {
                CU_ASSERT_EQUAL(first->operands[0], rows[i].operands[0]);
                CU_ASSERT_EQUAL(first->operands[1], rows[i].operands[1]);
                CU_ASSERT_EQUAL(first->width, rows[i].width);
                CU_ASSERT_EQUAL(first->is_test, rows[i].is_test);
                CU_ASSERT_EQUAL(first->turn, 0);
            }
        }
        machine_stop(&machine);
    }
}

/* Of one place the first few are noted, in order, and again after all was forgotten. */
static void test_turns(void) {
    struct machine machine;

    /* mov ecx, 10; do { cmp ecx, 5; dec ecx } while (ecx); ret */
    if (start(&machine, IMAGE_64, "b9 0a 00 00 00 83 f9 05 ff c9 75 f9 c3")) {
        for (unsigned round = 0; round < 2; round++) {
            machine_ask(&machine, MACHINE_CODE);
            CU_ASSERT_EQUAL_FATAL(noted.count, GUEST_COMPARED_TURNS);
            for (unsigned i = 0; i < GUEST_COMPARED_TURNS; i++) {
                CU_ASSERT_EQUAL(noted.comparisons[i].turn, i);
                CU_ASSERT_EQUAL(noted.comparisons[i].operands[0], 10 - i);
            }
            machine_ask(&machine, MACHINE_CODE);
            CU_ASSERT_EQUAL(noted.count, GUEST_COMPARED_TURNS);
            guest_compared_clear(&noted);
            CU_ASSERT_EQUAL(noted.count, 0);
        }
    }
    machine_stop(&machine);
}

static const struct unit_test tests[] = {
    {"what is compared with what", test_operands},
    {"how often one place is noted", test_turns},
};

int main(void) {
    return UNIT_RUN(tests);
}
