/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

/* Conventions beyond those of System V and Microsoft's 64 bits: where arguments are, what a call
 * takes off the stack, what it has to keep. Expectations are by the documents that convention.c
 * names. */
#define TARGET 0x40000021u
#define WIDE 0x1122334455667788u

struct row {
    enum guest_abi abi;
    const char *what, *hex, *answer;
    uint64_t expected;
    unsigned state;
};

/* f(target, a number of 64 bits in 32-bit code too, 0x77, $out, 0x66) */
static const struct guest_argument arguments[] = {
    {.kind = GUEST_ARGUMENT_TARGET},
    {.kind = GUEST_ARGUMENT_NUMBER, .number = WIDE, .is_wide = true},
    {.kind = GUEST_ARGUMENT_NUMBER, .number = 0x77},
    {.kind = GUEST_ARGUMENT_OUT, .number = 4},
    {.kind = GUEST_ARGUMENT_NUMBER, .number = 0x66},
};

static void check_row(const struct row *row, const struct guest_argument *list, size_t count) {
    enum image_mode mode = guest_convention(row->abi)->mode;
    struct machine machine;

    machine_make(&machine, mode, row->hex);
    memcpy(machine.arguments, list, count * sizeof *list);
    machine.setup.arguments_count = count;
    machine.setup.abi = row->abi;
    machine.setup.entry = MACHINE_CODE;
    CU_ASSERT_TRUE(guest_place_parse(row->answer, mode, &machine.setup.answer));
    if (machine_start(&machine)) {
        /* What is overwritten by what it held anyway is not seen. */
        unsigned garbages = row->state ? 1 : GUEST_GARBAGES;

        for (unsigned garbage = 0; garbage < garbages; garbage++) {
            struct observation seen = machine_ask_with(&machine, TARGET, garbage);
            bool right = seen.end == OBSERVATION_RETURNED && seen.state == row->state &&
                         (row->state != 0 || seen.answer == row->expected);

            if (!right)
                printf("\n    %s: %s, %#llx, state %#x", row->what, observation_end_text(seen.end),
                       (unsigned long long)seen.answer, seen.state);
            CU_ASSERT_TRUE(right);
        }
    }
    machine_stop(&machine);
}

static void test_arguments(void) {
    static const struct row rows[] = {
        /* [esp + 4] target, 8 and c the number, 10, 14, 18; the callee takes 24 bytes */
        {GUEST_STDCALL32, "stdcall: 1", "8b 44 24 04 c2 18 00", "eax", TARGET, 0},
        {GUEST_STDCALL32, "stdcall: 2, low", "8b 44 24 08 c2 18 00", "eax", 0x55667788, 0},
        {GUEST_STDCALL32, "stdcall: 2, high", "8b 44 24 0c c2 18 00", "eax", 0x11223344, 0},
        {GUEST_STDCALL32, "stdcall: 3", "8b 44 24 10 c2 18 00", "eax", 0x77, 0},
        {GUEST_STDCALL32, "stdcall: 4", "8b 44 24 14 c7 00 78 56 34 12 c2 18 00", "out+4",
         0x12345678, 0},
        {GUEST_STDCALL32, "stdcall: 5", "8b 44 24 18 c2 18 00", "eax", 0x66, 0},
        {GUEST_STDCALL32, "stdcall leaves them", "31 c0 c3", "eax", 0, OBSERVATION_STACK_MOVED},
        {GUEST_STDCALL32, "stdcall takes too many", "31 c0 c2 1c 00", "eax", 0,
         OBSERVATION_STACK_MOVED},
        {GUEST_STDCALL32, "stdcall: ebx", "31 db c2 18 00", "eax", 0, OBSERVATION_BX_CHANGED},
        {GUEST_CDECL32, "cdecl: 2, high", "8b 44 24 0c c3", "eax", 0x11223344, 0},
        {GUEST_CDECL32, "cdecl: 3", "8b 44 24 10 c3", "eax", 0x77, 0},
        {GUEST_CDECL32, "cdecl takes them", "31 c0 c2 18 00", "eax", 0, OBSERVATION_STACK_MOVED},
        /* ecx; what has two words and all behind it is on the stack */
        {GUEST_FASTCALL32, "fastcall: 1", "89 c8 c2 14 00", "eax", TARGET, 0},
        {GUEST_FASTCALL32, "fastcall: 2, high", "8b 44 24 08 c2 14 00", "eax", 0x11223344, 0},
        {GUEST_FASTCALL32, "fastcall: 3", "8b 44 24 0c c2 14 00", "eax", 0x77, 0},
        {GUEST_THISCALL32, "thiscall: 1", "89 c8 c2 14 00", "eax", TARGET, 0},
        {GUEST_THISCALL32, "thiscall: 5", "8b 44 24 14 c2 14 00", "eax", 0x66, 0},
        /* eax, edx:ecx, the stack */
        {GUEST_REGPARM32, "regparm: 2, low", "89 d0 c3", "eax", 0x55667788, 0},
        {GUEST_REGPARM32, "regparm: 2, high", "89 c8 c3", "eax", 0x11223344, 0},
        {GUEST_REGPARM32, "regparm: 3", "8b 44 24 04 c3", "eax", 0x77, 0},
        /* with 32 bits for each and for the way back: retl is 66 c3 */
        {GUEST_CDECL16, "16 bits: 1", "67 66 8b 44 24 04 66 c3", "eax", TARGET, 0},
        {GUEST_CDECL16, "16 bits: 2, high", "67 66 8b 44 24 0c 66 c3", "eax", 0x11223344, 0},
        {GUEST_CDECL16, "16 bits: 5", "67 66 8b 44 24 18 66 c3", "eax", 0x66, 0},
        {GUEST_CDECL16, "16 bits: near", "66 31 c0 c3", "eax", 0, OBSERVATION_STACK_MOVED},
        {GUEST_CDECL16, "16 bits: ebx", "66 31 db 66 c3", "eax", 0, OBSERVATION_BX_CHANGED},
        {GUEST_REGPARM16, "16 bits, regparm: 1", "66 c3", "eax", TARGET, 0},
        {GUEST_REGPARM16, "16 bits, regparm: 3", "67 66 8b 44 24 04 66 c3", "eax", 0x77, 0},
        /* rax, rbx, rcx, rdi, rsi; each may be spilled above the return address */
        {GUEST_GO64, "Go: 1", "89 c0 c3", "rax", TARGET, 0},
        {GUEST_GO64, "Go: 2", "48 89 d8 c3", "rax", WIDE, 0},
        {GUEST_GO64, "Go: 3", "48 89 c8 c3", "rax", 0x77, 0},
        {GUEST_GO64, "Go: 4", "c7 07 78 56 34 12 c3", "out+4", 0x12345678, 0},
        {GUEST_GO64, "Go: 5", "48 89 f0 c3", "rax", 0x66, 0},
        {GUEST_GO64, "Go spills five", "48 89 44 24 08 48 89 74 24 28 89 c0 c3", "rax", TARGET, 0},
        {GUEST_GO64, "Go spills a sixth", "48 89 74 24 30 c3", "rax", 0, OBSERVATION_FRAME_CHANGED},
        {GUEST_GO64, "Go: rbx, r12, r15", "31 db 45 31 e4 45 31 ff 89 c0 c3", "rax", TARGET, 0},
        {GUEST_GO64, "Go: rbp", "31 ed c3", "rax", 0, OBSERVATION_BP_CHANGED},
        {GUEST_GO64, "Go: r14", "45 31 f6 c3", "rax", 0, OBSERVATION_R14_CHANGED},
        /* mov rax, [r14 + 0x10]; or rax, [r14]: the stack's end, and all else: 0 */
        {GUEST_GO64, "Go: room on the stack", "49 8b 46 10 49 0b 06 c3", "rax", 0, 0},
        {GUEST_GO64, "Go: g at fs:-8", "64 4c 3b 34 25 f8 ff ff ff 0f 94 c0 0f b6 c0 c3", "eax", 1,
         0},
        {GUEST_GO64, "Go: x15", "66 4c 0f 7e f8 c3", "rax", 0, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(&rows[i], arguments, sizeof arguments / sizeof arguments[0]);
}

static void test_many_arguments(void) {
    static const struct row rows[] = {
        {GUEST_SYSV64, "System V: 7", "48 8b 44 24 08 c3", "rax", 7, 0},
        {GUEST_SYSV64, "System V: 12", "48 8b 44 24 30 c3", "rax", 12, 0},
        {GUEST_SYSV64, "System V, above them", "89 44 24 38 c3", "rax", 0,
         OBSERVATION_FRAME_CHANGED},
        {GUEST_MS64, "Microsoft's: 12", "48 8b 44 24 60 c3", "rax", 12, 0},
        {GUEST_CDECL32, "cdecl: 12", "8b 44 24 30 c3", "eax", 12, 0},
        {GUEST_GO64, "Go: 9", "4c 89 d8 c3", "rax", 9, 0},
        {GUEST_GO64, "Go: 10", "48 8b 44 24 08 c3", "rax", 10, 0},
    };
    struct guest_argument list[GUEST_ARGUMENTS_MAX];

    for (size_t i = 0; i < GUEST_ARGUMENTS_MAX; i++)
        list[i] = (struct guest_argument){.kind = GUEST_ARGUMENT_NUMBER, .number = i + 1};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(&rows[i], list, GUEST_ARGUMENTS_MAX);
}

static void test_far_return(void) {
    static const struct {
        const char *hex;
        unsigned state;
    } rows[] = {{"66 89 f8 cb", 0}, {"66 89 f8 c3", OBSERVATION_STACK_MOVED}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_16, rows[i].hex);
        machine.setup.abi = GUEST_FAR16;
        machine.setup.entry = MACHINE_CODE;
        if (machine_start(&machine)) {
            struct observation seen = machine_ask(&machine, TARGET);

            CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
            CU_ASSERT_EQUAL(seen.state, rows[i].state);
            CU_ASSERT_EQUAL(seen.answer, TARGET);
        }
        machine_stop(&machine);
    }
}

/* Floating-point results. */
static void test_floats(void) {
    static const struct row rows[] = {
        {GUEST_CDECL32, "0", "d9 ee c3", "st0", 0, 0},                 /* fldz */
        {GUEST_CDECL32, "1", "d9 e8 c3", "st0", 1, 0},                 /* fld1 */
        {GUEST_CDECL32, "-1", "d9 e8 d9 e0 c3", "st0", UINT64_MAX, 0}, /* fchs */
        {GUEST_CDECL32, "log10(2)", "d9 ec c3", "st0", 1, 0},          /* fldlg2 */
        {GUEST_CDECL32, "pi", "d9 eb c3", "st0", 3, 0},                /* fldpi */
        {GUEST_SYSV64, "pi", "d9 eb c3", "st0", 3, 0},
        {GUEST_CDECL32, "target", "db 44 24 04 c3", "st0", TARGET, 0}, /* fild [esp + 4] */
        {GUEST_CDECL32, "nothing left", "31 c0 c3", "st0", 0, OBSERVATION_ANSWER_MISSING},
        {GUEST_CDECL32, "one too many", "d9 ee d9 e8 c3", "st0", 0, OBSERVATION_X87_CHANGED},
        /* cvtsi2sd xmm0, rdi of 32 bits; cvtsi2ss xmm0, 0x66 */
        {GUEST_SYSV64, "double", "89 ff f2 48 0f 2a c7 c3", "xmm0", TARGET, 0},
        {GUEST_SYSV64, "float", "b8 66 00 00 00 f3 0f 2a c0 c3", "xmm0:4", 0x66, 0},
        {GUEST_SYSV64, "0.0", "66 0f ef c0 c3", "xmm0", 0, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(&rows[i], arguments, 1);
}

/* A target in the buffer, at an offset of its own in each question. */
static void test_target_by_address(void) {
    static const struct guest_out_target targets[] = {{0, 4}, {8, 8}};
    static const char *const hex[] = {"8b 07 c3", "48 8b 47 08 c3"}; /* mov eax, [rdi]... */

    for (size_t i = 0; i < 2; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, hex[i]);
        machine.setup.entry = MACHINE_CODE;
        machine.arguments[0] = (struct guest_argument){.kind = GUEST_ARGUMENT_OUT};
        machine.setup.out_targets = targets;
        machine.setup.out_targets_count = 2;
        CU_ASSERT_TRUE(guest_place_parse("rax", IMAGE_64, &machine.setup.answer));
        if (machine_start(&machine)) {
            for (uint32_t target = TARGET; target < TARGET + 3; target++)
                CU_ASSERT_EQUAL(machine_ask(&machine, target).answer & (i ? ~0ull : ~0u), target);
        }
        machine_stop(&machine);
    }
}

/* The context: zero when a boot starts, the code's own from then on, and handed to `before`. */
static void test_context(void) {
    static const struct row abis[] = {
        /* before: inc dword [rdi]; ret. The question: add [rdi], 2; mov eax, [rdi]; ret */
        {GUEST_SYSV64, "ff 07 c3", "83 07 02 8b 07 c3", "eax", 0, 0},
        {GUEST_CDECL32, "8b 44 24 04 ff 00 c3", "8b 44 24 04 83 00 02 8b 00 c3", "context+0", 0, 0},
        {GUEST_FASTCALL32, "ff 01 c3", "83 01 02 8b 01 c3", "context", 0, 0},
    };

    for (size_t i = 0; i < sizeof abis / sizeof abis[0]; i++) {
        enum image_mode mode = guest_convention(abis[i].abi)->mode;
        const uint64_t before[] = {MACHINE_GOOD};
        struct observation seen[3];
        uint32_t targets[3] = {TARGET, TARGET, TARGET};
        struct machine machine;

        machine_make(&machine, mode, abis[i].hex);
        machine_put(&machine, MACHINE_GOOD, abis[i].what);
        machine.setup.abi = abis[i].abi;
        machine.setup.entry = MACHINE_CODE;
        machine.setup.before = before;
        machine.setup.before_count = 1;
        machine.arguments[0] = (struct guest_argument){.kind = GUEST_ARGUMENT_CONTEXT};
        CU_ASSERT_TRUE(guest_place_parse(abis[i].answer, mode, &machine.setup.answer));
        if (machine_start(&machine)) {
            for (int again = 0; again < 2; again++) {
                machine_ask_all(&machine, targets, 3, seen);
                for (size_t k = 0; k < 3; k++) {
                    CU_ASSERT_EQUAL(seen[k].end, OBSERVATION_RETURNED);
                    CU_ASSERT_EQUAL(seen[k].state, 0);
                    CU_ASSERT_EQUAL(seen[k].answer, 1 + 2 * (k + 1));
                }
            }
        }
        machine_stop(&machine);
    }
}

/* What a register holds is cut to the part that is named, in a process as in a call. */
static void test_parts_of_registers(void) {
    static const struct {
        const char *place;
        uint64_t value;
    } rows[] = {
        {"rax", 0x1122334455667788},
        {"eax", 0x55667788},
        {"ax", 0x7788},
        {"al", 0x88},
        {"ah", 0x77},
        {"rax+4", 0x11223344},
        {"rax+1:2", 0x6677},
        {"eax+2", 0x5566},
        {"cf", 1},
        {"zf", 0},
    };
    const uint64_t registers[GUEST_WATCHED_REGISTERS] = {0x1122334455667788};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct guest_place place;

        CU_ASSERT_TRUE(guest_place_parse(rows[i].place, IMAGE_64, &place));
        CU_ASSERT_EQUAL(guest_place_take(&place, registers, 1), rows[i].value);
    }
}

static const struct unit_test tests[] = {
    {"parts of registers", test_parts_of_registers},
    {"Where arguments are", test_arguments},
    {"More arguments than registers", test_many_arguments},
    {"Far returns", test_far_return},
    {"Floating-point results", test_floats},
    {"The target by its address", test_target_by_address},
    {"The context", test_context},
};

int main(void) {
    return UNIT_RUN(tests);
}
