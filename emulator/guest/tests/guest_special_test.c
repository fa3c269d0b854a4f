/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

/* Instructions that are not simply run, code that changes, and memory beside the probe's own. */
#define AT(offset) (MACHINE_CODE + (offset))

/* Clocks and random numbers: noted, answered by a counter, and the run goes on. */
static void test_clocks(void) {
    static const struct {
        enum image_mode mode;
        const char *what, *hex, *answer;
        uint64_t expected, address;
    } rows[] = {
        {IMAGE_64, "rdtsc", "0f 31 c3", "rax", 1000, AT(0)},
        {IMAGE_64, "rdtsc's edx", "0f 31 89 d0 c3", "rax", 0, AT(0)},
        {IMAGE_64, "two", "90 0f 31 0f 31 c3", "rax", 2000, AT(1)},
        {IMAGE_64, "rdtscp's ecx", "0f 01 f9 89 c8 c3", "rax", 0, AT(0)},
        {IMAGE_64, "rdrand ecx", "0f c7 f1 89 c8 c3", "rax", 1000, AT(0)},
        {IMAGE_64, "rdrand r9", "49 0f c7 f1 4c 89 c8 c3", "rax", 1000, AT(0)},
        {IMAGE_64, "rdseed r9d", "41 0f c7 f9 4c 89 c8 c3", "rax", 1000, AT(0)},
        {IMAGE_64, "rdrand ax", "48 83 c8 ff 66 0f c7 f0 c3", "rax", 0xffffffffffff03e8, AT(4)},
        {IMAGE_64, "rdrand's carry", "f8 0f c7 f0 c3", "cf", 1, AT(1)},
        {IMAGE_64, "rdrand's zero", "39 c0 0f c7 f0 c3", "zf", 0, AT(2)},
        {IMAGE_64, "rdseed keeps rdx", "ba 07 00 00 00 0f c7 f8 89 d0 c3", "rax", 7, AT(5)},
        {IMAGE_64, "behind a jump", "eb 00 0f 31 eb 00 c3", "rax", 1000, AT(2)},
        {IMAGE_32, "rdtsc", "0f 31 c3", "eax", 1000, AT(0)},
        {IMAGE_32, "rdrand edx", "0f c7 f2 89 d0 c3", "eax", 1000, AT(0)},
        {IMAGE_16, "rdtsc", "0f 31 c3", "eax", 1000, AT(0)},
        {IMAGE_16, "rdrand cx", "66 83 c9 ff 0f c7 f1 66 89 c8 c3", "eax", 0xffff03e8, AT(4)},
        {IMAGE_16, "rdrand ecx", "66 0f c7 f1 66 89 c8 c3", "eax", 1000, AT(0)},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        CU_ASSERT_TRUE(guest_place_parse(rows[i].answer, rows[i].mode, &machine.setup.answer));
        if (machine_start(&machine)) {
            for (int again = 0; again < 3; again++) {
                struct observation seen = machine_ask(&machine, MACHINE_CODE);

                if (seen.answer != rows[i].expected)
                    printf("\n    %s: %#llx", rows[i].what, (unsigned long long)seen.answer);
                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.answer, rows[i].expected);
                CU_ASSERT_EQUAL(seen.state, OBSERVATION_CLOCK_READ);
                CU_ASSERT_EQUAL(seen.clock_address, rows[i].address);
                CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_GOOD).state, 0);
            }
        }
        machine_stop(&machine);
    }
}

/* What stands ahead of a forbidden instruction is executed once, and in the trace. */
static void test_mid_block(void) {
    static const struct {
        const char *hex; /* push rbx; mov eax, 0x40000000; xor ecx, ecx; cpuid; ... */
        uint64_t end;
    } rows[] = {
        {"53 b8 00 00 00 40 31 c9 0f a2 5b fa c3", AT(11)},
        {"53 b8 00 00 00 40 31 c9 0f a2 5b 0f 05 c3", AT(11)},
        /* ...; inc dword [0x3000]; cli */
        {"53 b8 00 00 00 40 31 c9 0f a2 ff 04 25 00 30 00 00 fa", AT(17)},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i].hex);
        if (machine_start(&machine)) {
            for (int again = 0; again < 2; again++) {
                struct observation seen = machine_ask(&machine, MACHINE_CODE);

                CU_ASSERT_EQUAL(seen.end, OBSERVATION_FORBIDDEN);
                CU_ASSERT_EQUAL(seen.end_address, rows[i].end);
                CU_ASSERT_EQUAL_FATAL(seen.count, 1);
                CU_ASSERT_EQUAL(seen.trace[0].leaf, CPUID_BASE);
                CU_ASSERT_EQUAL(seen.trace[0].subleaf, 0);
                CU_ASSERT_EQUAL(seen.trace[0].values.eax, MACHINE_MAXIMUM);
                CU_ASSERT_EQUAL(seen.trace[0].address, AT(8));
            }
        }
        machine_stop(&machine);
    }
}

/* Code in a segment that is writable too may write itself; the next boot has it as loaded. */
static void test_self_modifying(void) {
    static const struct {
        const char *what, *hex;
        enum observation_end end;
        uint64_t answer;
    } rows[] = {
        /* mov byte [rip + 1], 2; mov eax, 1; ret */
        {"own operand", "c6 05 01 00 00 00 02 b8 01 00 00 00 c3", OBSERVATION_RETURNED, 2},
        /* run, change, run again: call f; add ebx, eax; mov byte [f + 1], 5; call f; add */
        {"function that ran",
         "e8 1b 00 00 00 89 c1 c6 05 13 00 00 00 05 e8 0d 00 00 00 01 c8 c3 90 90 90 90 90 90 90 "
         "90 90 90 b8 03 00 00 00 c3",
         OBSERVATION_RETURNED, 8},
        /* mov byte [rip], 0xfa (cli); nop */
        {"into a forbidden one", "c6 05 00 00 00 00 fa 90 c3", OBSERVATION_FORBIDDEN, 0},
        /* mov byte [rip + 2], 0x90; eb 00 jmp; cli, which is a nop by then */
        {"out of a forbidden one", "c6 05 02 00 00 00 90 eb 00 fa b8 07 00 00 00 c3",
         OBSERVATION_RETURNED, 7},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i].hex);
        machine.hand.segments[0].permissions |= IMAGE_WRITE;
        if (machine_start(&machine)) {
            for (int again = 0; again < 3; again++) {
                struct observation seen = machine_ask(&machine, MACHINE_CODE);

                if (seen.end != rows[i].end || seen.answer != rows[i].answer)
                    printf("\n    %s: %s, %#llx", rows[i].what, observation_end_text(seen.end),
                           (unsigned long long)seen.answer);
                CU_ASSERT_EQUAL(seen.end, rows[i].end);
                CU_ASSERT_EQUAL(seen.answer, rows[i].answer);
                CU_ASSERT_EQUAL(seen.state, 0);
                CU_ASSERT_TRUE(machine_is_as_new(&machine));
            }
        }
        machine_stop(&machine);
    }
}

/* More forbidden instructions than hooks are kept for, and a block full of clock reads. */
static void test_many_specials(void) {
    enum { PAGES = 16, COUNT = (PAGES - 1) * IMAGE_PAGE / 16 };
    static uint8_t code[PAGES * IMAGE_PAGE];
    struct machine machine;

    machine_make(&machine, IMAGE_64, "c3");
    machine.setup.budget = 1000000;
    memset(code, 0xcc, sizeof code);
    memcpy(code, machine.hand.code, IMAGE_PAGE);
    for (size_t i = 0; i < COUNT; i++)
        hand_bytes(code, IMAGE_PAGE + 16 * i, i % 3 == 0 ? "fa" : i % 3 == 1 ? "0f 31 c3" : "f4");
    for (size_t i = 0; i < 600; i++)
        hand_bytes(code, MACHINE_CODE - HAND_CODE + 2 * i, "0f 31");
    hand_bytes(code, MACHINE_CODE - HAND_CODE + 1200, "c3");
    machine.hand.segments[0].bytes = code;
    machine.hand.segments[0].size = sizeof code;
    machine.hand.segments[0].own_last = HAND_CODE + sizeof code - 1;
    machine.hand.image.segments_count = 1;
    if (machine_start(&machine)) {
        for (int again = 0; again < 2; again++) {
            for (size_t i = 0; i < COUNT; i++) {
                struct observation seen =
                    machine_ask(&machine, (uint32_t)(HAND_CODE + IMAGE_PAGE + 16 * i));

                CU_ASSERT_EQUAL(seen.end,
                                i % 3 == 1 ? OBSERVATION_RETURNED : OBSERVATION_FORBIDDEN);
                CU_ASSERT_EQUAL(seen.state, i % 3 == 1 ? OBSERVATION_CLOCK_READ : 0);
            }
            CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_CODE).answer, 600 * 1000);
            CU_ASSERT_TRUE(machine_is_as_new(&machine));
        }
    }
    machine_stop(&machine);
}

/* Two adjacent segments: a block that runs from one into the other is bounded all the same, and a
 * forbidden instruction there is found. */
static void test_adjacent_segments(void) {
    static const struct {
        const char *hex; /* at the second segment's start */
        enum observation_end end;
    } rows[] = {{"eb fa", OBSERVATION_OUT_OF_BUDGET},
                {"fa", OBSERVATION_FORBIDDEN},
                {"90 90 f4", OBSERVATION_FORBIDDEN},
                {"c3", OBSERVATION_RETURNED}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, "c3");
        memset(machine.hand.code + IMAGE_PAGE - 4, 0x90, 4);
        hand_bytes(machine.hand.data, 0, rows[i].hex);
        machine.hand.segments[1].address = machine.hand.segments[1].own_first = 0x2000;
        machine.hand.segments[1].own_last = 0x2fff;
        machine.hand.segments[1].permissions = IMAGE_READ | IMAGE_EXECUTE;
        if (machine_start(&machine)) {
            for (int again = 0; again < 2; again++) {
                CU_ASSERT_EQUAL(machine_ask(&machine, 0x1ffc).end, rows[i].end);
                CU_ASSERT_TRUE(machine_is_as_new(&machine));
            }
        }
        machine_stop(&machine);
    }
}

/* Writes to the page's padding are seen; 64 MiB of .bss are put back. */
static void test_padding(void) {
    static const struct {
        const char *hex;
        unsigned state;
        uint64_t fault;
    } rows[] = {
        {"89 04 25 08 30 00 00 c3", 0, 0},                                         /* own first */
        {"89 04 25 0c 30 00 00 c3", 0, 0},                                         /* own last */
        {"89 04 25 10 30 00 00 c3", OBSERVATION_WROTE_FOREIGN, HAND_DATA + 0x10},  /* behind */
        {"89 04 25 04 30 00 00 c3", OBSERVATION_WROTE_FOREIGN, HAND_DATA + 0x04},  /* ahead */
        {"89 04 25 0e 30 00 00 c3", OBSERVATION_WROTE_FOREIGN, HAND_DATA + 0x0e},  /* across */
        {"89 04 25 fc 3f 00 00 c3", OBSERVATION_WROTE_FOREIGN, HAND_DATA + 0xffc}, /* the last */
        {"c6 04 25 00 38 00 00 00 c3", OBSERVATION_WROTE_FOREIGN, HAND_DATA + 0x800}, /* a zero */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i].hex);
        machine.hand.segments[1].own_first = HAND_DATA + 8;
        machine.hand.segments[1].own_last = HAND_DATA + 15;
        if (machine_start(&machine)) {
            for (int again = 0; again < 2; again++) {
                struct observation seen = machine_ask(&machine, MACHINE_CODE);

                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.state, rows[i].state);
                CU_ASSERT_EQUAL(seen.fault_address, rows[i].fault);
                CU_ASSERT_TRUE(machine_is_as_new(&machine));
            }
        }
        machine_stop(&machine);
    }
}

static void test_large_bss(void) {
    static const size_t size = 64u * 1024 * 1024;
    struct machine machine;
    uint8_t *bytes = calloc(size, 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    /* mov ecx, 16384; mov edx, 0x100000; l: inc dword [rdx]; add eax, [rdx]; add edx, 4096; loop */
    machine_make(&machine, IMAGE_64,
                 "b9 00 40 00 00 ba 00 00 10 00 31 c0 ff 02 03 02 81 c2 00 10 00 00 e2 f4 c3");
    machine.hand.segments[1] = (struct image_segment){.address = 0x100000,
                                                      .size = size,
                                                      .permissions = IMAGE_READ | IMAGE_WRITE,
                                                      .bytes = bytes,
                                                      .own_first = 0x100000,
                                                      .own_last = 0x100000 + size - 1};
    if (machine_start(&machine)) {
        for (int again = 0; again < 2; again++) {
            struct observation seen = machine_ask(&machine, MACHINE_CODE);

            CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
            CU_ASSERT_EQUAL(seen.answer, 16384);
            CU_ASSERT_TRUE(seen.cost > 16384 * 256);
            CU_ASSERT_TRUE(machine_is_as_new(&machine));
        }
    }
    machine_stop(&machine);
    free(bytes);
}

static const struct unit_test tests[] = {
    {"Clocks and random numbers", test_clocks},
    {"Forbidden in mid-block", test_mid_block},
    {"Code that writes itself", test_self_modifying},
    {"More instructions that need care than hooks", test_many_specials},
    {"Code across two segments", test_adjacent_segments},
    {"Writes to page padding", test_padding},
    {"A large .bss", test_large_bss},
};

int main(void) {
    return UNIT_RUN(tests);
}
