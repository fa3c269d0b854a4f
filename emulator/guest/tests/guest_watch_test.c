/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

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

/* Each time the place is passed the image's data is as random as it can be, and nothing else is. */
static void test_noise(void) {
    /* mov eax, [HAND_DATA]; nop; mov ecx, [HAND_DATA]; sub eax, ecx; ret */
    static const char code[] = "a1 00 30 00 00 90 8b 0d 00 30 00 00 29 c8 c3";
    size_t different = 0;

    for (uint64_t noise = 0; noise <= 8; noise++) {
        struct seen seen = {0};
        struct guest_watch watch = {.addresses = {MACHINE_CODE + 5u},
                                    .addresses_count = 1,
                                    .pass = see,
                                    .context = &seen,
                                    .noise = noise};
        struct machine machine;

        machine_make(&machine, IMAGE_32, code);
        if (machine_start(&machine)) {
            struct observation first, again;

            CU_ASSERT_TRUE(guest_watch(machine.guest, &watch));
            first = machine_ask(&machine, MACHINE_CODE);
            again = machine_ask(&machine, MACHINE_CODE);
            CU_ASSERT_EQUAL(first.end, OBSERVATION_RETURNED);
            CU_ASSERT_EQUAL(first.state, 0);
            CU_ASSERT_EQUAL(seen.count, 2);
            CU_ASSERT_EQUAL(seen.passings[0].registers[0], seen.passings[1].registers[0]);
            CU_ASSERT_EQUAL(seen.passings[0].stack, seen.passings[1].stack);
            CU_ASSERT_TRUE(noise != 0 || (first.answer == 0 && again.answer == 0));
            different += first.answer != 0;
        }
        machine_stop(&machine);
    }
    CU_ASSERT_TRUE(different >= 4);
}

/* The stack's hash is of what the call put there. */
static void test_stack(void) {
    /* push eax or edx; nop; pop; ret: EAX and EDX are undefined and differ */
    static const char *const codes[] = {"50 90 58 c3", "52 90 58 c3"};
    uint64_t hashes[2] = {0, 0};

    for (size_t i = 0; i < 2; i++) {
        struct seen seen = {0};
        const struct guest_watch watch = {
            .addresses = {MACHINE_CODE + 1u}, .addresses_count = 1, .pass = see, .context = &seen};
        struct machine machine;

        machine_make(&machine, IMAGE_64, codes[i]);
        if (machine_start(&machine)) {
            CU_ASSERT_TRUE(guest_watch(machine.guest, &watch));
            machine_ask(&machine, MACHINE_CODE);
            CU_ASSERT_EQUAL(seen.count, 1);
            hashes[i] = seen.passings[0].stack;
        }
        machine_stop(&machine);
    }
    CU_ASSERT_NOT_EQUAL(hashes[0], 0);
    CU_ASSERT_NOT_EQUAL(hashes[1], 0);
    CU_ASSERT_NOT_EQUAL(hashes[0], hashes[1]);
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
    {"data can be made random", test_noise},
    {"the stack's hash", test_stack},
};

int main(void) {
    return UNIT_RUN(tests);
}
