/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

static struct guest_callers callers;

static bool start(struct machine *machine, enum image_mode mode, const char *hex) {
    memset(&callers, 0, sizeof callers);
    machine_make(machine, mode, hex);
    if (!machine_start(machine))
        return false;
    guest_note_callers(machine->guest, &callers);
    return true;
}

/* call f; call f; ret; f: push rbx; call g; pop rbx; ret; g: cpuid; ret; the CPUID of both ways has
 * its own callers. */
static void test_chains(void) {
    static const struct {
        enum image_mode mode;
        const char *hex;
        uint32_t inner, outer[2];
    } rows[] = {
        {IMAGE_64,
         "e8 06 00 00 00 e8 01 00 00 00 c3 53 e8 02 00 00 00 5b c3 0f a2 c3",
         17,
         {5, 10}},
        {IMAGE_32,
         "e8 06 00 00 00 e8 01 00 00 00 c3 53 e8 02 00 00 00 5b c3 0f a2 c3",
         17,
         {5, 10}},
        {IMAGE_16, "e8 04 00 e8 01 00 c3 53 e8 02 00 5b c3 0f a2 c3", 11, {3, 6}},
        /* With offsets of 32 bits on the stack, as gcc's -m16 has them. */
        {IMAGE_16,
         "66 e8 08 00 00 00 66 e8 02 00 00 00 c3 90 66 53 66 e8 04 00 00 00 66 5b 66 c3 0f a2 66 "
         "c3",
         22,
         {6, 12}},
        /* Far, into another segment that begins where f does: push cs; call f; the same; ret. */
        {IMAGE_16,
         "9a 00 00 11 01 9a 00 00 11 01 c3 90 90 90 90 90 53 e8 02 00 5b cb 0f a2 c3",
         20,
         {5, 10}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        if (!start(&machine, rows[i].mode, rows[i].hex))
            return;
        CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_CODE).end, OBSERVATION_RETURNED);
        CU_ASSERT_EQUAL_FATAL(callers.chains_count, 2);
        CU_ASSERT_EQUAL(callers.of[0], 1);
        CU_ASSERT_EQUAL(callers.of[1], 2);
        CU_ASSERT_EQUAL(callers.of[2], 0);
        for (unsigned k = 0; k < 2; k++) {
            CU_ASSERT_EQUAL(callers.chains[k].count, 2);
            CU_ASSERT_EQUAL(callers.chains[k].returns[0], MACHINE_CODE + rows[i].inner);
            CU_ASSERT_EQUAL(callers.chains[k].returns[1], MACHINE_CODE + rows[i].outer[k]);
        }
        machine_stop(&machine);
    }
}

/* What is no call: a jump ahead, a call that only asks where it is, and one that is over. */
static void test_no_callers(void) {
    static const char *const rows[] = {
        "eb 00 0f a2 c3",                            /* jmp next; cpuid; ret */
        "e8 00 00 00 00 58 0f a2 c3",                /* call next; pop rax; cpuid; ret */
        "e8 03 00 00 00 0f a2 c3 c3",                /* call f; cpuid; ret; f: ret */
        "e8 05 00 00 00 eb 00 0f a2 c3 48 89 e0 c3", /* the same, from the block behind */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        if (!start(&machine, IMAGE_64, rows[i]))
            return;
        CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_CODE).end, OBSERVATION_RETURNED);
        CU_ASSERT_EQUAL(callers.chains_count, 0);
        CU_ASSERT_EQUAL(callers.of[0], 0);
        machine_stop(&machine);
    }
}

/* The innermost are kept, and where a call ended: call f; f: call f without end. */
static void test_deep_and_ended(void) {
    struct machine machine;

    if (!start(&machine, IMAGE_64, "e8 00 00 00 00 53 0f a2 5b e8 f7 ff ff ff c3"))
        return;
    CU_ASSERT_NOT_EQUAL(machine_ask(&machine, MACHINE_CODE).end, OBSERVATION_RETURNED);
    CU_ASSERT_EQUAL_FATAL(callers.chains_count, GUEST_CALLERS_MAX + 1);
    CU_ASSERT_EQUAL(callers.last, GUEST_CALLERS_MAX + 1);
    CU_ASSERT_EQUAL(callers.chains[GUEST_CALLERS_MAX].count, GUEST_CALLERS_MAX);
    machine_stop(&machine);
}

static void test_only_when_asked(void) {
    struct machine machine;

    if (!start(&machine, IMAGE_64, "e8 01 00 00 00 c3 0f a2 c3"))
        return;
    guest_note_callers(machine.guest, NULL);
    machine_ask(&machine, MACHINE_CODE);
    CU_ASSERT_EQUAL(callers.chains_count, 0);
    guest_note_callers(machine.guest, &callers);
    machine_ask(&machine, MACHINE_CODE);
    CU_ASSERT_EQUAL(callers.chains_count, 1);
    CU_ASSERT_EQUAL(callers.chains[0].returns[0], MACHINE_CODE + 5);
    machine_stop(&machine);
}

static const struct unit_test tests[] = {
    {"each CPUID has its callers", test_chains},
    {"what is no call", test_no_callers},
    {"deep calls, and where one ended", test_deep_and_ended},
    {"only when asked for", test_only_when_asked},
};

int main(void) {
    return UNIT_RUN(tests);
}
