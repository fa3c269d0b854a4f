/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/tests/guest_fixture.h"

/* mov eax, 5; cmp eax, 5; sete cl; nop; ret */
#define CODE "b8 05 00 00 00 83 f8 05 0f 94 c1 90 c3"
#define AT_SETE (MACHINE_CODE + 8u)
#define AT_NOP (MACHINE_CODE + 11u)
#define ZERO_FLAG 0x40u

struct seen {
    struct guest_passing passings[8];
    size_t count;
    uint64_t becomes; /* what EAX is set to; 0: it is left alone */
};

static bool see(void *context, struct guest_passing *passing) {
    struct seen *seen = context;

    if (seen->count < 8)
        seen->passings[seen->count++] = *passing;
    if (seen->becomes == 0)
        return false;
    passing->registers[0] = seen->becomes;
    return true;
}

static struct observation watch(enum image_mode mode, struct seen *seen) {
    const struct guest_watch watch = {
        .addresses = {AT_SETE, AT_NOP}, .addresses_count = 2, .pass = see, .context = seen};
    struct observation observation = {.end = OBSERVATION_HARNESS_FAILURE};
    struct machine machine;

    machine_make(&machine, mode, CODE);
    if (!machine_start(&machine))
        return observation;
    CU_ASSERT_TRUE(guest_watch(machine.guest, &watch));
    machine_ask(&machine, MACHINE_GOOD);
    CU_ASSERT_EQUAL(seen->count, 0);
    observation = machine_ask(&machine, MACHINE_CODE);
    machine_stop(&machine);
    return observation;
}

static void test_what_passes(void) {
    static const enum image_mode modes[] = {IMAGE_64, IMAGE_32};

    for (unsigned i = 0; i < 2; i++) {
        struct seen seen = {0};
        struct observation observation = watch(modes[i], &seen);

        CU_ASSERT_EQUAL(observation.end, OBSERVATION_RETURNED);
        CU_ASSERT_EQUAL(observation.answer, 5);
        CU_ASSERT_EQUAL_FATAL(seen.count, 2);
        CU_ASSERT_EQUAL(seen.passings[0].address, AT_SETE);
        CU_ASSERT_EQUAL(seen.passings[0].registers[0], 5);
        CU_ASSERT_EQUAL(seen.passings[0].flags & ZERO_FLAG, ZERO_FLAG);
        CU_ASSERT_EQUAL(seen.passings[1].address, AT_NOP);
        CU_ASSERT_EQUAL(seen.passings[1].registers[1] & 0xff, 1);
    }
}

static void test_registers_can_be_changed(void) {
    struct seen seen = {.becomes = 7};
    struct observation observation = watch(IMAGE_64, &seen);

    CU_ASSERT_EQUAL(observation.end, OBSERVATION_RETURNED);
    CU_ASSERT_EQUAL(observation.answer, 7);
    CU_ASSERT_EQUAL_FATAL(seen.count, 2);
    CU_ASSERT_EQUAL(seen.passings[1].registers[1] & 0xff, 1); /* the flags stay as they were */
}

static const struct unit_test tests[] = {
    {"registers and flags of what passes", test_what_passes},
    {"registers can be changed", test_registers_can_be_changed},
};

int main(void) {
    return UNIT_RUN(tests);
}
