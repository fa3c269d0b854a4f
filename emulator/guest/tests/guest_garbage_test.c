/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

/* What a call begins with, and what of it differs from garbage to garbage. */

/* What the ABI leaves undefined differs from one garbage to the next; all else does not. */
static void test_garbage(void) {
    static const struct {
        const char *what, *hex;
        bool differs;
    } rows[] = {
        {"ecx", "89 c8 c3", true},
        {"r11", "4c 89 d8 c3", true},
        {"rsp - 8", "8b 44 24 f8 c3", true},
        {"rsp - 0x400", "8b 84 24 00 fc ff ff c3", true},
        {"rsp - 0x8000", "8b 84 24 00 80 ff ff c3", true},
        {"carry", "0f 92 c0 0f b6 c0 c3", true}, /* setb al; movzx eax, al */
        {"zero", "0f 94 c0 0f b6 c0 c3", true},
        {"sign", "0f 98 c0 0f b6 c0 c3", true},
        {"other flags", "9c 58 25 00 f7 ff ff c3", false}, /* pushfq; pop rax; and eax, ... */
        {"a constant", "b8 01 00 00 00 c3", false},
        {"rsp", "89 e0 c3", true},
        {"rsp's lowest bits", "89 e0 83 e0 0f c3", false},
        {"xmm0", "66 0f 7e c0 c3", true},
        {"whether xmm0 is above 1",
         "48 b8 00 00 00 00 00 00 f0 3f 66 48 0f 6e c8 31 c0 66 0f 2f c1 0f 97 c0 c3", true},
        {"whether xmm7, a float, is below -1",
         "b8 00 00 80 bf 66 0f 6e c8 31 c0 0f 2f cf 0f 97 c0 c3", true},
        {"upper half of xmm15", "66 41 0f 73 df 08 66 44 0f 7e f8 c3", true}, /* psrldq; movd */
        {"mm7", "0f 7e f8 0f 77 c3", true}, /* movd eax, mm7; emms */
        {"mxcsr", "0f ae 5c 24 f8 8b 44 24 f8 c3", false},
        {"x87 control and tags", "d9 74 24 c0 8b 44 24 c0 33 44 24 c8 d9 64 24 c0 c3", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i].hex);
        if (machine_start(&machine)) {
            uint64_t answers[GUEST_GARBAGES];
            bool differs = false;

            for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++)
                answers[garbage] = machine_ask_with(&machine, MACHINE_CODE, garbage).answer;
            for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
                CU_ASSERT_EQUAL(machine_ask_with(&machine, MACHINE_CODE, garbage).answer,
                                answers[garbage]);
                differs |= answers[garbage] != answers[0];
            }
            if (differs != rows[i].differs)
                printf("\n    %s", rows[i].what);
            CU_ASSERT_EQUAL(differs, rows[i].differs);
        }
        machine_stop(&machine);
    }
}

/* Runs that differ in their garbage follow each other in one batch without seeing each other's. */
static void test_garbage_in_a_batch(void) {
    static const unsigned order[] = {2, 0, 0, 1, 3, 3, 2, 1, 0};
    static const struct {
        enum image_mode mode;
        const char *hex; /* mov eax, ecx; xor eax, ebx; ret */
    } rows[] = {{IMAGE_64, "89 c8 31 d8 c3"},
                {IMAGE_32, "89 c8 31 d8 c3"},
                {IMAGE_16, "66 89 c8 66 31 d8 c3"}};
    enum { COUNT = sizeof order / sizeof order[0] };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        if (machine_start(&machine)) {
            struct guest_job jobs[COUNT];
            struct observation seen[COUNT];
            uint64_t alone[GUEST_GARBAGES];

            for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++)
                alone[garbage] = machine_ask_with(&machine, MACHINE_CODE, garbage).answer;
            CU_ASSERT_NOT_EQUAL(alone[0], alone[1]);
            for (size_t j = 0; j < COUNT; j++)
                jobs[j] = (struct guest_job){
                    .table = &machine.table, .target = MACHINE_CODE, .garbage = order[j]};
            CU_ASSERT_EQUAL(guest_run(machine.guest, jobs, COUNT, seen), COUNT);
            for (size_t j = 0; j < COUNT; j++) {
                CU_ASSERT_EQUAL(seen[j].end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen[j].state, 0);
                CU_ASSERT_EQUAL(seen[j].answer, alone[order[j]]);
            }
        }
        machine_stop(&machine);
    }
}

/* Asks with each garbage; the answers' bits that are not the same in all of them. */
static uint64_t varying_bits(struct machine *machine, uint64_t *any) {
    uint64_t first = machine_ask(machine, MACHINE_CODE).answer, bits = 0;

    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
        struct observation seen = machine_ask_with(machine, MACHINE_CODE, garbage);

        CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
        CU_ASSERT_EQUAL(seen.state, 0);
        bits |= seen.answer ^ first;
        *any |= seen.answer;
    }
    CU_ASSERT_TRUE(machine_is_as_new(machine));
    return bits;
}

/* One of the stacks starts elsewhere for each target and table: among 255 targets most values of
 * six bits of the stack pointer are met, and not two or four. */
static void test_drawn_stack(void) {
    struct machine machine;
    bool met[64] = {false};
    size_t values = 0;

    machine_make(&machine, IMAGE_64, "c3");
    machine_put(&machine, MACHINE_ENTRY, "48 89 e0 c3"); /* mov rax, rsp; ret */
    CU_ASSERT_TRUE(guest_place_parse("rax", IMAGE_64, &machine.setup.answer));
    if (machine_start(&machine)) {
        for (uint32_t target = CPUID_BASE + 1; target <= CPUID_BLOCK_LAST; target++) {
            struct observation seen = machine_ask_with(&machine, target, 1);

            CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
            met[seen.answer >> 6 & 63] = true;
        }
    }
    machine_stop(&machine);
    for (size_t i = 0; i < 64; i++)
        values += met[i];
    CU_ASSERT_TRUE(values > 48);
}

/* No bit of the stack pointer can be relied on but those that the ABI fixes: at entry, the word
 * above the return address is aligned to 16 bytes. */
static void test_stack_pointer(void) {
    static const struct {
        enum image_mode mode;
        const char *hex, *answer;
        size_t arguments; /* with the target in front */
        enum guest_abi abi;
        uint64_t varying, same; /* bits; those that are the same are as in `same` */
    } rows[] = {
        /* mov rax, rsp; ret */
        {IMAGE_64, "48 89 e0 c3", "rax", 1, GUEST_SYSV64, 0x7fffff0, 8},
        {IMAGE_64, "48 89 e0 c3", "rax", 6, GUEST_SYSV64, 0x7fffff0, 8},
        {IMAGE_64, "48 89 c8 48 89 e0 c3", "rax", 1, GUEST_REGISTERS, 0x7fffff0, 8},
        {IMAGE_64, "48 89 e0 c3", "rax", 1, GUEST_MS64, 0x7fffff0, 8},
        {IMAGE_64, "48 89 e0 c3", "rax", 5, GUEST_MS64, 0x7fffff0, 8},
        {IMAGE_64, "48 89 e0 c3", "rax", 6, GUEST_MS64, 0x7fffff0, 8},
        {IMAGE_32, "89 e0 c3", "eax", 1, GUEST_CDECL32, 0x7fffff0, 12},
        {IMAGE_32, "89 e0 c3", "eax", 4, GUEST_CDECL32, 0x7fffff0, 12},
        {IMAGE_32, "89 e0 c3", "eax", 6, GUEST_CDECL32, 0x7fffff0, 12},
        {IMAGE_16, "66 89 e0 c3", "eax", 1, GUEST_REGISTERS, 0xffe, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;
        uint64_t any = 0, bits;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        machine.setup.abi = rows[i].abi;
        machine.setup.arguments_count = rows[i].arguments;
        for (size_t k = 1; k < rows[i].arguments; k++)
            machine.arguments[k] = (struct guest_argument){.kind = GUEST_ARGUMENT_NUMBER};
        CU_ASSERT_TRUE(guest_place_parse("edi", rows[i].mode, &machine.arguments[0].place));
        CU_ASSERT_TRUE(guest_place_parse(rows[i].answer, rows[i].mode, &machine.setup.answer));
        if (rows[i].abi == GUEST_MS64) /* jmp rcx */
            machine_put(&machine, MACHINE_ENTRY, "ff e1");
        if (machine_start(&machine)) {
            bits = varying_bits(&machine, &any);
            if ((bits & rows[i].varying) != rows[i].varying)
                printf("\n    row %zu: %#llx vary", i, (unsigned long long)bits);
            CU_ASSERT_EQUAL(bits & rows[i].varying, rows[i].varying);
            CU_ASSERT_EQUAL(bits & (rows[i].varying & 0xf ? 1 : 0xf), 0);
            CU_ASSERT_EQUAL(any & (rows[i].varying & 0xf ? 1 : 0xf), rows[i].same);
        }
        machine_stop(&machine);
    }
}

/* Arguments on the stack stand where the ABI says, wherever the stack is: the sixth, in eax. */
static void test_stacked_arguments(void) {
    static const struct {
        enum image_mode mode;
        const char *hex;
        enum guest_abi abi;
    } rows[] = {
        {IMAGE_64, "8b 44 24 30 c3", GUEST_MS64},    /* [rsp + 8 + 32 + 8] */
        {IMAGE_32, "8b 44 24 18 c3", GUEST_CDECL32}, /* [esp + 4 + 20] */
        {IMAGE_32, "8b 44 24 0c c3", GUEST_REGPARM32},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        machine.setup.abi = rows[i].abi;
        machine.setup.entry = MACHINE_CODE;
        machine.setup.arguments_count = 6;
        for (size_t k = 0; k < 6; k++)
            machine.arguments[k] =
                (struct guest_argument){.kind = GUEST_ARGUMENT_NUMBER, .number = k};
        machine.arguments[5].kind = GUEST_ARGUMENT_TARGET;
        machine.arguments[5].is_wide = false;
        if (machine_start(&machine)) {
            for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
                struct observation seen = machine_ask_with(&machine, 0x40000010, garbage);

                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.answer, 0x40000010);
                CU_ASSERT_EQUAL(seen.state, 0);
            }
        }
        machine_stop(&machine);
    }
}

/* A 32-bit argument leaves the upper half of its register undefined; one of 64 bits does not, and
 * neither does code that names its registers, where loading one clears its upper half. */
static void test_upper_half(void) {
    static const struct {
        const char *what, *hex; /* the upper half, in eax */
        enum guest_abi abi;
        size_t index; /* of the argument */
        bool is_wide, varies;
    } rows[] = {
        {"rdi", "48 89 f8 48 c1 e8 20 c3", GUEST_SYSV64, 0, false, true},
        {"rdi, 64 bits", "48 89 f8 48 c1 e8 20 c3", GUEST_SYSV64, 0, true, false},
        {"r9", "4c 89 c8 48 c1 e8 20 c3", GUEST_SYSV64, 5, false, true},
        {"rcx", "48 89 c8 48 c1 e8 20 c3", GUEST_MS64, 0, false, true},
        {"on the stack", "8b 44 24 2c c3", GUEST_MS64, 4, false, true},
        {"on the stack, 64 bits", "8b 44 24 2c c3", GUEST_MS64, 4, true, false},
        {"rdi, named edi", "48 89 f8 48 c1 e8 20 c3", GUEST_REGISTERS, 0, false, false},
        {"a number", "48 89 f8 48 c1 e8 20 c3", GUEST_SYSV64, 1, false, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;
        uint64_t first = 0;
        bool varies = false;

        machine_make(&machine, IMAGE_64, rows[i].hex);
        machine.setup.abi = rows[i].abi;
        machine.setup.entry = MACHINE_CODE;
        machine.setup.arguments_count = rows[i].abi == GUEST_REGISTERS ? 1 : 6;
        for (size_t k = 0; k < 6; k++)
            machine.arguments[k] =
                (struct guest_argument){.kind = GUEST_ARGUMENT_NUMBER, .number = 3};
        machine.arguments[rows[i].index].kind = GUEST_ARGUMENT_TARGET;
        machine.arguments[rows[i].index].is_wide = rows[i].is_wide;
        CU_ASSERT_TRUE(guest_place_parse("edi", IMAGE_64, &machine.arguments[0].place));
        if (machine_start(&machine)) {
            first = machine_ask(&machine, 0xc0000010).answer;
            for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++)
                varies |= machine_ask_with(&machine, 0xc0000010, garbage).answer != first;
            if (varies != rows[i].varies)
                printf("\n    %s", rows[i].what);
            CU_ASSERT_EQUAL(first, 0);
            CU_ASSERT_EQUAL(varies, rows[i].varies);
        }
        machine_stop(&machine);
    }
}

/* Whatever the garbage, the caller's frame is watched up to its stack's end, and put back. */
static void test_frames(void) {
    static const struct {
        enum image_mode mode;
        const char *what, *hex;
        unsigned state;
        bool ends; /* with a write of nobody's memory, in some garbage or other */
    } rows[] = {
        {IMAGE_64, "rsp + 8", "c6 44 24 08 00 c6 44 24 08 01 c3", OBSERVATION_FRAME_CHANGED, false},
        {IMAGE_64, "rsp + 0x1f8", "fe 84 24 f8 01 00 00 c3", OBSERVATION_FRAME_CHANGED, false},
        {IMAGE_64, "rsp + 0x300", "c6 84 24 00 03 00 00 77 c3", OBSERVATION_FRAME_CHANGED, true},
        {IMAGE_64, "rsp + 0x1000", "c6 84 24 00 10 00 00 77 c3", OBSERVATION_FRAME_CHANGED, true},
        {IMAGE_32, "esp + 8", "fe 44 24 08 c3", OBSERVATION_FRAME_CHANGED, false},
        {IMAGE_32, "esp + 0x1f0", "fe 84 24 f0 01 00 00 c3", OBSERVATION_FRAME_CHANGED, false},
        {IMAGE_16, "sp + 2", "67 fe 44 24 02 c3", OBSERVATION_FRAME_CHANGED, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        if (machine_start(&machine)) {
            for (unsigned turn = 0; turn < 2 * GUEST_GARBAGES; turn++) {
                struct observation seen =
                    machine_ask_with(&machine, MACHINE_CODE, turn % GUEST_GARBAGES);
                bool ended = seen.end == OBSERVATION_FOREIGN_WRITE;

                if (!(ended && rows[i].ends) &&
                    (seen.end != OBSERVATION_RETURNED || seen.state != rows[i].state))
                    printf("\n    %s, garbage %u: %s, state %#x", rows[i].what,
                           turn % GUEST_GARBAGES, observation_end_text(seen.end), seen.state);
                CU_ASSERT_TRUE((ended && rows[i].ends) ||
                               (seen.end == OBSERVATION_RETURNED && seen.state == rows[i].state));
                CU_ASSERT_TRUE(machine_is_as_new(&machine));
            }
        }
        machine_stop(&machine);
    }
}

/* What fits the first stack fits them all, and what overflows it by a page overflows them all. */
static void test_depth(void) {
    static const struct {
        enum image_mode mode;
        const char *hex;
        enum observation_end end;
    } rows[] = {
        /* lea rcx, [rsp - N]; mov byte [rcx], 1; ret */
        {IMAGE_64, "48 8d 8c 24 00 03 f8 ff c6 01 01 c3", OBSERVATION_RETURNED},
        {IMAGE_64, "48 8d 8c 24 00 e0 f7 ff c6 01 01 c3", OBSERVATION_STACK_OVERFLOW},
        {IMAGE_32, "8d 8c 24 00 03 f8 ff c6 01 01 c3", OBSERVATION_RETURNED},
        {IMAGE_32, "8d 8c 24 00 e0 f7 ff c6 01 01 c3", OBSERVATION_STACK_OVERFLOW},
        {IMAGE_16, "67 66 8d 8c 24 00 e0 ff ff 67 c6 01 01 c3", OBSERVATION_RETURNED},
        {IMAGE_16, "67 66 8d 8c 24 00 d0 ff ff 67 c6 01 01 c3", OBSERVATION_STACK_OVERFLOW},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        if (machine_start(&machine)) {
            for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
                struct observation seen = machine_ask_with(&machine, MACHINE_CODE, garbage);

                if (seen.end != rows[i].end)
                    printf("\n    row %zu, garbage %u: %s", i, garbage,
                           observation_end_text(seen.end));
                CU_ASSERT_EQUAL(seen.end, rows[i].end);
                CU_ASSERT_TRUE(machine_is_as_new(&machine));
            }
        }
        machine_stop(&machine);
    }
}

/* What lies deep in a stack, where few calls ever get, is read as that garbage too, and put back.
 */
static void test_deep_garbage(void) {
    static const struct {
        enum image_mode mode;
        const char *hex;
    } rows[] = {
        /* lea rcx, [rsp - 0x60000]; mov eax, [rcx]; not dword [rcx]; ret */
        {IMAGE_64, "48 8d 8c 24 00 00 fa ff 8b 01 f7 11 c3"},
        {IMAGE_32, "8d 8c 24 00 00 fa ff 8b 01 f7 11 c3"},
        /* the other way round: a write is what gets there first */
        {IMAGE_64, "48 8d 8c 24 00 00 fa ff f6 41 f0 00 f7 11 f7 11 8b 01 f7 11 c3"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;
        uint64_t first[GUEST_GARBAGES] = {0};

        machine_make(&machine, rows[i].mode, rows[i].hex);
        if (machine_start(&machine)) {
            for (unsigned turn = 0; turn < 3 * GUEST_GARBAGES; turn++) {
                unsigned garbage = turn % GUEST_GARBAGES;
                struct observation seen = machine_ask_with(&machine, MACHINE_CODE, garbage);

                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.state, 0);
                if (turn < GUEST_GARBAGES)
                    first[garbage] = seen.answer;
                CU_ASSERT_EQUAL(seen.answer, first[garbage]);
            }
            CU_ASSERT_NOT_EQUAL(first[0], first[1]);
            CU_ASSERT_EQUAL(first[GUEST_GARBAGES - 2], UINT32_MAX);
            CU_ASSERT_EQUAL(first[GUEST_GARBAGES - 1], 0);
            CU_ASSERT_TRUE(machine_is_as_new(&machine));
        }
        machine_stop(&machine);
    }
}

/* Frames that are 16 MiB too large do not reach another stack. */
static void test_other_stacks(void) {
    struct machine machine;

    machine_make(&machine, IMAGE_64, "48 89 e0 c3"); /* mov rax, rsp; ret */
    CU_ASSERT_TRUE(guest_place_parse("rax", IMAGE_64, &machine.setup.answer));
    if (machine_start(&machine)) {
        uint64_t pointers[GUEST_GARBAGES];

        for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++)
            pointers[garbage] = machine_ask_with(&machine, MACHINE_CODE, garbage).answer;
        for (unsigned a = 0; a < GUEST_GARBAGES; a++) {
            for (unsigned b = 0; b < GUEST_GARBAGES; b++) {
                uint64_t apart = pointers[a] > pointers[b] ? pointers[a] - pointers[b] : UINT64_MAX;

                CU_ASSERT_TRUE(apart > GUEST_STACK_KIB * 1024u + (16u << 20));
            }
        }
    }
    machine_stop(&machine);
}

/* Microsoft's ABI keeps XMM6 to XMM15, whatever they hold, and no other. */
static void test_kept_vectors(void) {
    static const struct {
        const char *what, *hex;
        enum guest_abi abi;
        unsigned state;
    } rows[] = {
        /* pand xmm, xmm: as it was */
        {"xmm6 and itself", "66 0f db f6 c3", GUEST_MS64, 0},
        {"xmm15 set to ones", "66 45 0f 76 ff c3", GUEST_MS64, OBSERVATION_XMM_CHANGED},
        {"xmm5", "66 0f 76 ed c3", GUEST_MS64, 0},
        {"xmm15, System V", "66 45 0f 76 ff c3", GUEST_SYSV64, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;
        unsigned states = 0;

        machine_make(&machine, IMAGE_64, rows[i].hex);
        machine.setup.abi = rows[i].abi;
        machine.setup.entry = MACHINE_CODE;
        if (machine_start(&machine)) {
            for (unsigned turn = 0; turn < 2 * GUEST_GARBAGES; turn++)
                states |= machine_ask_with(&machine, 0, turn % GUEST_GARBAGES).state;
            if (states != rows[i].state)
                printf("\n    %s: %#x", rows[i].what, states);
            CU_ASSERT_EQUAL(states, rows[i].state);
        }
        machine_stop(&machine);
    }
}

static const struct unit_test tests[] = {
    {"Garbage differs, and nothing else", test_garbage},
    {"Garbage changes within a batch", test_garbage_in_a_batch},
    {"The stack pointer's bits", test_stack_pointer},
    {"A stack that starts elsewhere each time", test_drawn_stack},
    {"Arguments on the stack", test_stacked_arguments},
    {"The upper half of an argument", test_upper_half},
    {"The caller's frame on every stack", test_frames},
    {"The stack's depth", test_depth},
    {"Garbage deep in a stack", test_deep_garbage},
    {"Stacks lie far apart", test_other_stacks},
    {"Vector registers that are kept", test_kept_vectors},
};

int main(void) {
    return UNIT_RUN(tests);
}
