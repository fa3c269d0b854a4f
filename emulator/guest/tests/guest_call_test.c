/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

/* How a probe is called and its answer read: every ABI, every kind of argument and answer. */
#define TARGET 0x40000021u
#define NUMBER 0x1122334455667788u

/* A machine whose entry is `hex` itself. */
static bool call_start(struct machine *machine, enum guest_abi abi, const char *hex,
                       const char *answer) {
    enum image_mode mode = abi == GUEST_SYSV64 || abi == GUEST_MS64 ? IMAGE_64 : IMAGE_32;

    machine_make(machine, mode, hex);
    machine->setup.abi = abi;
    machine->setup.entry = MACHINE_CODE;
    CU_ASSERT_TRUE(guest_place_parse(answer, mode, &machine->setup.answer));
    return machine_start(machine);
}

static void call_show(const char *what, const struct observation *seen) {
    printf("\n    %s: %s, answer %#llx, state %#x, fault %#llx at %#llx", what,
           observation_end_text(seen->end), (unsigned long long)seen->answer, seen->state,
           (unsigned long long)seen->fault_address, (unsigned long long)seen->end_address);
}

static void test_arguments(void) {
    static const struct guest_argument arguments[] = {
        {.kind = GUEST_ARGUMENT_TARGET},
        {.kind = GUEST_ARGUMENT_NUMBER, .number = NUMBER},
        {.kind = GUEST_ARGUMENT_NUMBER, .number = 0x77},
        {.kind = GUEST_ARGUMENT_STRING, .string = "Kv"},
        {.kind = GUEST_ARGUMENT_OUT},
        {.kind = GUEST_ARGUMENT_NUMBER, .number = 0x66},
    };
    static const struct {
        enum guest_abi abi;
        const char *hex, *answer;
        uint64_t expected;
    } rows[] = {
        /* RDI, RSI, RDX, RCX, R8, R9 */
        {GUEST_SYSV64, "89 f8 c3", "eax", TARGET},
        {GUEST_SYSV64, "48 89 f0 c3", "rax", NUMBER},
        {GUEST_SYSV64, "48 89 d0 c3", "rax", 0x77},
        {GUEST_SYSV64, "0f b7 01 c3", "eax", 0x764b},
        {GUEST_SYSV64, "41 c7 40 04 78 56 34 12 c3", "out+4", 0x12345678},
        {GUEST_SYSV64, "4c 89 c8 c3", "rax", 0x66},
        /* RCX, RDX, R8, R9, [RSP + 0x28], [RSP + 0x30] */
        {GUEST_MS64, "89 c8 c3", "eax", TARGET},
        {GUEST_MS64, "48 89 d0 c3", "rax", NUMBER},
        {GUEST_MS64, "4c 89 c0 c3", "rax", 0x77},
        {GUEST_MS64, "41 0f b7 01 c3", "eax", 0x764b},
        {GUEST_MS64, "48 8b 44 24 28 c7 40 04 78 56 34 12 c3", "out+4", 0x12345678},
        {GUEST_MS64, "48 8b 44 24 30 c3", "rax", 0x66},
        /* [ESP + 4] and up */
        {GUEST_CDECL32, "8b 44 24 04 c3", "eax", TARGET},
        {GUEST_CDECL32, "8b 44 24 08 c3", "eax", 0x55667788},
        {GUEST_CDECL32, "8b 44 24 0c c3", "eax", 0x77},
        {GUEST_CDECL32, "8b 44 24 10 0f b7 00 c3", "eax", 0x764b},
        {GUEST_CDECL32, "8b 44 24 14 c7 40 04 78 56 34 12 c3", "out+4", 0x12345678},
        {GUEST_CDECL32, "8b 44 24 18 c3", "eax", 0x66},
        {GUEST_CDECL32, "8b 44 24 04 ba 78 56 34 12 c3", "eax:8", 0x1234567800000000 | TARGET},
        /* EAX, EDX, ECX, [ESP + 4] and up */
        {GUEST_REGPARM32, "c3", "eax", TARGET},
        {GUEST_REGPARM32, "89 d0 c3", "eax", 0x55667788},
        {GUEST_REGPARM32, "89 c8 c3", "eax", 0x77},
        {GUEST_REGPARM32, "8b 44 24 04 0f b7 00 c3", "eax", 0x764b},
        {GUEST_REGPARM32, "8b 44 24 08 c7 40 04 78 56 34 12 c3", "out+4", 0x12345678},
        {GUEST_REGPARM32, "8b 44 24 0c c3", "eax", 0x66},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine,
                     rows[i].abi == GUEST_SYSV64 || rows[i].abi == GUEST_MS64 ? IMAGE_64 : IMAGE_32,
                     rows[i].hex);
        memcpy(machine.arguments, arguments, sizeof arguments);
        machine.setup.arguments_count = sizeof arguments / sizeof arguments[0];
        machine.setup.abi = rows[i].abi;
        machine.setup.entry = MACHINE_CODE;
        CU_ASSERT_TRUE(
            guest_place_parse(rows[i].answer, machine.hand.image.mode, &machine.setup.answer));
        if (machine_start(&machine)) {
            for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
                struct observation seen = machine_ask_with(&machine, TARGET, garbage);
                bool right = seen.end == OBSERVATION_RETURNED && seen.state == 0 &&
                             seen.answer == rows[i].expected;

                if (!right)
                    call_show(rows[i].hex, &seen);
                CU_ASSERT_TRUE(right);
            }
        }
        machine_stop(&machine);
    }
}

static void test_answers(void) {
    /* mov rax, 0x1122334455667788 */
#define MOV_RAX "48 b8 88 77 66 55 44 33 22 11 "
    static const struct {
        const char *hex, *answer;
        uint64_t expected;
    } rows[] = {
        {MOV_RAX "c3", "al", 0x88},
        {MOV_RAX "c3", "ah", 0x77},
        {MOV_RAX "c3", "ax", 0x7788},
        {MOV_RAX "c3", "eax", 0x55667788},
        {MOV_RAX "c3", "rax", NUMBER},
        {MOV_RAX "49 89 c1 c3", "r9", NUMBER},
        {MOV_RAX "49 89 c1 c3", "r9w", 0x7788},
        {MOV_RAX "48 89 07 c3", "out", 0x55667788},
        {MOV_RAX "48 89 47 08 c3", "out+8:8", NUMBER},
        {MOV_RAX "48 89 47 08 c3", "out+9:1", 0x77},
        {MOV_RAX "48 89 47 08 c3", "out+8:2", 0x7788},
        {MOV_RAX "48 89 87 f8 00 00 00 c3", "out+252", 0x11223344},
        {"f9 c3", "cf", 1},
        {"f8 c3", "cf", 0},
        {"39 c0 c3", "zf", 1},
        {"83 c8 01 c3", "zf", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;
        struct observation seen;

        machine_make(&machine, IMAGE_64, rows[i].hex);
        machine.setup.entry = MACHINE_CODE;
        machine.arguments[0].kind = GUEST_ARGUMENT_OUT;
        CU_ASSERT_TRUE(guest_place_parse(rows[i].answer, IMAGE_64, &machine.setup.answer));
        /* The value is read the same way. */
        machine.setup.value = machine.setup.answer;
        if (machine_start(&machine)) {
            seen = machine_ask(&machine, TARGET);
            if (seen.answer != rows[i].expected)
                call_show(rows[i].answer, &seen);
            CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
            CU_ASSERT_EQUAL(seen.answer, rows[i].expected);
            CU_ASSERT_EQUAL(seen.value, rows[i].expected);
        }
        machine_stop(&machine);
    }
}

static void test_preserved(void) {
    static const struct {
        enum guest_abi abi;
        const char *what, *hex;
        unsigned state;
    } rows[] = {
        {GUEST_SYSV64, "xor ebx", "31 db c3", OBSERVATION_BX_CHANGED},
        {GUEST_SYSV64, "half of rbx", "89 db c3", OBSERVATION_BX_CHANGED},
        {GUEST_SYSV64, "cpuid", "0f a2 c3", OBSERVATION_BX_CHANGED},
        {GUEST_SYSV64, "xor ebp", "31 ed c3", OBSERVATION_BP_CHANGED},
        {GUEST_SYSV64, "xor r12d", "45 31 e4 c3", OBSERVATION_R12_CHANGED},
        {GUEST_SYSV64, "xor r13d", "45 31 ed c3", OBSERVATION_R13_CHANGED},
        {GUEST_SYSV64, "xor r14d", "45 31 f6 c3", OBSERVATION_R14_CHANGED},
        {GUEST_SYSV64, "xor r15d", "45 31 ff c3", OBSERVATION_R15_CHANGED},
        {GUEST_SYSV64, "xor esi, edi, r8d to r11d",
         "31 f6 31 ff 45 31 c0 45 31 c9 45 31 d2 45 31 db c3", 0},
        {GUEST_SYSV64, "std", "fd c3", OBSERVATION_DIRECTION_SET},
        /* pushfq; or dword [rsp], AC; popfq; then NT; IF cleared; ID */
        {GUEST_SYSV64, "AC", "9c 81 0c 24 00 00 04 00 9d c3", OBSERVATION_FLAGS_CHANGED},
        {GUEST_SYSV64, "NT", "9c 81 0c 24 00 40 00 00 9d c3", OBSERVATION_FLAGS_CHANGED},
        {GUEST_SYSV64, "IF", "9c 81 24 24 ff fd ff ff 9d c3", OBSERVATION_FLAGS_CHANGED},
        {GUEST_SYSV64, "ID", "9c 81 34 24 00 00 20 00 9d c3", 0},
        {GUEST_CDECL32, "AC", "9c 81 0c 24 00 00 04 00 9d c3", OBSERVATION_FLAGS_CHANGED},
        {GUEST_SYSV64, "fs", "31 c9 8e e1 c3", OBSERVATION_SEGMENTS_CHANGED}, /* mov fs, ecx */
        {GUEST_CDECL32, "es", "6a 03 07 c3", OBSERVATION_SEGMENTS_CHANGED},   /* push 3; pop es */
        {GUEST_CDECL32, "es and back", "06 6a 03 07 07 c3", 0},
        {GUEST_SYSV64, "ret 8", "c2 08 00", OBSERVATION_STACK_MOVED},
        {GUEST_SYSV64, "write above the frame", "89 44 24 08 c3", OBSERVATION_FRAME_CHANGED},
        {GUEST_SYSV64, "write of the return address, and back", "58 50 c3", 0},
        {GUEST_SYSV64, "write of the red zone", "48 89 44 24 80 c3", 0},
        {GUEST_MS64, "xor esi", "31 f6 c3", OBSERVATION_SI_CHANGED},
        {GUEST_MS64, "xor edi", "31 ff c3", OBSERVATION_DI_CHANGED},
        {GUEST_MS64, "shadow space", "48 89 4c 24 08 48 89 54 24 20 c3", 0},
        {GUEST_MS64, "above the shadow space", "48 89 4c 24 28 c3", OBSERVATION_FRAME_CHANGED},
        {GUEST_MS64, "xor xmm5", "66 0f ef ed c3", 0},
        {GUEST_MS64, "xor xmm6", "66 0f ef f6 c3", OBSERVATION_XMM_CHANGED},
        {GUEST_MS64, "xor xmm15", "66 45 0f ef ff c3", OBSERVATION_XMM_CHANGED},
        {GUEST_SYSV64, "xor xmm6", "66 0f ef f6 c3", 0},
        /* stmxcsr [rsp - 8]; or dword [rsp - 8], X; ldmxcsr [rsp - 8]: rounding, then a status bit
         */
        {GUEST_SYSV64, "mxcsr's rounding",
         "0f ae 5c 24 f8 81 4c 24 f8 00 60 00 00 0f ae 54 24 f8 c3", OBSERVATION_MXCSR_CHANGED},
        {GUEST_SYSV64, "mxcsr's status", "0f ae 5c 24 f8 83 4c 24 f8 20 0f ae 54 24 f8 c3", 0},
        /* fnstcw, or, fldcw */
        {GUEST_SYSV64, "x87 rounding", "d9 7c 24 f8 81 4c 24 f8 00 0c 00 00 d9 6c 24 f8 c3",
         OBSERVATION_X87_CHANGED},
        {GUEST_SYSV64, "x87 precision", "d9 7c 24 f8 66 81 64 24 f8 ff fc d9 6c 24 f8 c3",
         OBSERVATION_X87_CHANGED},
        {GUEST_SYSV64, "x87 bits that mean nothing",
         "d9 7c 24 f8 66 81 64 24 f8 3f 0f d9 6c 24 f8 c3", 0},
        {GUEST_SYSV64, "x87 register left", "d9 e8 c3", OBSERVATION_X87_CHANGED}, /* fld1 */
        {GUEST_SYSV64, "fld1; fstp st0", "d9 e8 dd d8 c3", 0},
        {GUEST_SYSV64, "mmx without emms", "0f ef c0 c3", OBSERVATION_X87_CHANGED},
        {GUEST_SYSV64, "mmx", "0f ef c0 0f 77 c3", 0},
        {GUEST_CDECL32, "x87 register left", "d9 e8 c3", OBSERVATION_X87_CHANGED},
        {GUEST_CDECL32, "xor ebx", "31 db c3", OBSERVATION_BX_CHANGED},
        {GUEST_CDECL32, "xor ebp", "31 ed c3", OBSERVATION_BP_CHANGED},
        {GUEST_CDECL32, "xor esi", "31 f6 c3", OBSERVATION_SI_CHANGED},
        {GUEST_CDECL32, "xor edi", "31 ff c3", OBSERVATION_DI_CHANGED},
        {GUEST_CDECL32, "ret 4", "c2 04 00", OBSERVATION_STACK_MOVED},
        {GUEST_CDECL32, "write of the argument", "89 44 24 04 c3", 0},
        {GUEST_CDECL32, "write above it", "89 44 24 08 c3", OBSERVATION_FRAME_CHANGED},
        {GUEST_REGPARM32, "xor ebx", "31 db c3", OBSERVATION_BX_CHANGED},
        {GUEST_REGPARM32, "std", "fd c3", OBSERVATION_DIRECTION_SET},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        if (call_start(&machine, rows[i].abi, rows[i].hex, "eax")) {
            /* Twice: what one call changed is no fault of the next. */
            for (int again = 0; again < 2; again++) {
                struct observation seen = machine_ask(&machine, TARGET);

                if (seen.state != rows[i].state)
                    call_show(rows[i].what, &seen);
                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.state, rows[i].state);
            }
        }
        machine_stop(&machine);
    }
}

/* Data below the stack pointer, over a CPUID: it lasts as far as the ABI has a red zone. */
static void test_interrupted(void) {
#define CPUID_BASE_LEAF " b8 00 00 00 40 0f a2 "
    static const struct {
        enum guest_abi abi;
        bool no_red_zone;
        const char *hex;
        bool lasts;
    } rows[] = {
        /* push rbx; mov [rsp - 8], edi; cpuid; mov eax, [rsp - 8]; pop rbx; ret */
        {GUEST_SYSV64, false, "53 89 7c 24 f8" CPUID_BASE_LEAF "8b 44 24 f8 5b c3", true},
        {GUEST_SYSV64, false, "53 89 7c 24 80" CPUID_BASE_LEAF "8b 44 24 80 5b c3", true},
        {GUEST_SYSV64, true, "53 89 7c 24 f8" CPUID_BASE_LEAF "8b 44 24 f8 5b c3", false},
        {GUEST_SYSV64, false,
         "53 89 bc 24 7c ff ff ff" CPUID_BASE_LEAF "8b 84 24 7c ff ff ff 5b c3", false},
        {GUEST_MS64, false, "53 89 4c 24 f8" CPUID_BASE_LEAF "8b 44 24 f8 5b c3", false},
        {GUEST_CDECL32, false, "53 8b 44 24 08 89 44 24 fc" CPUID_BASE_LEAF "8b 44 24 fc 5b c3",
         false},
        /* push rbx; push rdi; cpuid; pop rax; pop rbx; ret: above it */
        {GUEST_SYSV64, true, "53 57" CPUID_BASE_LEAF "58 5b c3", true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        if (call_start(&machine, rows[i].abi, rows[i].hex, "eax")) {
            struct observation seen;

            machine.setup.no_red_zone = rows[i].no_red_zone;
            for (unsigned interrupted = 0; interrupted < 4; interrupted++) {
                const struct guest_job job = {
                    .table = &machine.table, .target = TARGET, .interrupted = interrupted % 2 != 0};

                CU_ASSERT_EQUAL(guest_run(machine.guest, &job, 1, &seen), 1);
                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.state, 0);
                CU_ASSERT_EQUAL(seen.answer == TARGET, !job.interrupted || rows[i].lasts);
            }
        }
        machine_stop(&machine);
    }
}

/* What the ABIs say of the floating-point units at a function's entry. */
static void test_floating_point(void) {
    static const struct {
        enum guest_abi abi;
        const char *hex;
        uint64_t answer;
    } rows[] = {
        {GUEST_SYSV64, "d9 7c 24 f8 0f b7 44 24 f8 c3", 0x37f}, /* fnstcw; movzx eax, word */
        {GUEST_MS64, "d9 7c 24 f8 0f b7 44 24 f8 c3", 0x37f},
        {GUEST_CDECL32, "d9 7c 24 f8 0f b7 44 24 f8 c3", 0x37f},
        {GUEST_SYSV64, "0f ae 5c 24 f8 8b 44 24 f8 c3", 0x1f80}, /* stmxcsr; mov eax */
        {GUEST_CDECL32, "0f ae 5c 24 f8 8b 44 24 f8 c3", 0x1f80},
        /* fnstcw, fldcw; fild qword; fld1; fmulp; fistp qword; mov rax: 33 bits, whose control word
           was written back */
        {GUEST_SYSV64,
         "d9 7c 24 f8 d9 6c 24 f8 48 b8 01 00 00 00 01 00 00 00 48 89 44 24 f0 df 6c 24 f0 d9 e8 "
         "de c9 df 7c 24 f0 48 8b 44 24 f0 c3",
         0x100000001},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        if (call_start(&machine, rows[i].abi, rows[i].hex,
                       rows[i].abi == GUEST_CDECL32 ? "eax" : "rax")) {
            for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
                struct observation seen = machine_ask_with(&machine, TARGET, garbage);

                if (seen.answer != rows[i].answer || seen.state != 0)
                    call_show(rows[i].hex, &seen);
                CU_ASSERT_EQUAL(seen.state, 0);
                CU_ASSERT_EQUAL(seen.answer, rows[i].answer);
            }
        }
        machine_stop(&machine);
    }
}

static void test_out_buffer(void) {
    static const struct {
        const char *what, *hex;
        enum observation_end end;
        unsigned state;
    } rows[] = {
        {"nothing written", "31 c0 c3", OBSERVATION_RETURNED, OBSERVATION_ANSWER_MISSING},
        {"other bytes written", "89 47 04 c3", OBSERVATION_RETURNED, OBSERVATION_ANSWER_MISSING},
        {"the answer", "c7 07 01 00 00 00 c3", OBSERVATION_RETURNED, 0},
        {"the last bytes too", "c7 07 01 00 00 00 89 87 fc 00 00 00 c3", OBSERVATION_RETURNED, 0},
        {"behind it", "89 87 00 01 00 00 c3", OBSERVATION_FOREIGN_WRITE, 0},
        {"ahead of it", "c7 07 01 00 00 00 89 47 fc c3", OBSERVATION_RETURNED,
         OBSERVATION_WROTE_FOREIGN},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i].hex);
        machine.setup.entry = MACHINE_CODE;
        machine.arguments[0].kind = GUEST_ARGUMENT_OUT;
        CU_ASSERT_TRUE(guest_place_parse("out", IMAGE_64, &machine.setup.answer));
        if (machine_start(&machine)) {
            for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
                struct observation seen = machine_ask_with(&machine, TARGET, garbage);

                if (seen.end != rows[i].end || seen.state != rows[i].state)
                    call_show(rows[i].what, &seen);
                CU_ASSERT_EQUAL(seen.end, rows[i].end);
                CU_ASSERT_EQUAL(seen.state, rows[i].state);
            }
        }
        machine_stop(&machine);
    }
}

/* Real-mode code at 0x7c00 goes by CS 0, and higher code by its own segment. */
static void test_16_bit(void) {
    static const struct {
        uint64_t address;
        size_t entry;
        const char *hex;
        uint32_t answer;
        uint64_t cpuid; /* its address; 0: none is executed */
    } rows[] = {
        {0x7000, 0xc00, "66 89 f8 c3", TARGET, 0},     /* mov eax, edi */
        {0x7000, 0xc00, "0e 58 66 0f b7 c0 c3", 0, 0}, /* push cs; pop ax */
        {0x7000, 0xc00, "66 b8 00 00 00 40 0f a2 c3", MACHINE_MAXIMUM, 0x7c06}, /* cpuid */
        {0x20000, 0x10, "66 89 f8 c3", TARGET, 0},
        {0x20000, 0x10, "0e 58 66 0f b7 c0 c3", 0x2000, 0},
        {0x20000, 0x10, "66 b8 00 00 00 40 0f a2 c3", MACHINE_MAXIMUM, 0x20016},
        /* far jump to the next instruction with CS 0x7c0, cpuid, and back */
        {0x7000, 0xc00, "66 b8 00 00 00 40 ea 0b 00 c0 07 0f a2 ea 12 7c 00 00 c3", MACHINE_MAXIMUM,
         0x7c0b},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_16, "f4");
        hand_bytes(machine.hand.code, rows[i].entry, rows[i].hex);
        machine.hand.image.segments_count = 1;
        machine.hand.segments[0].address = machine.hand.segments[0].own_first = rows[i].address;
        machine.hand.segments[0].own_last = rows[i].address + IMAGE_PAGE - 1;
        machine.setup.entry = rows[i].address + rows[i].entry;
        if (machine_start(&machine)) {
            for (int again = 0; again < 2; again++) {
                struct observation seen = machine_ask(&machine, TARGET);

                if (seen.answer != rows[i].answer || seen.state != 0)
                    call_show(rows[i].hex, &seen);
                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.state, 0);
                CU_ASSERT_EQUAL(seen.answer, rows[i].answer);
                CU_ASSERT_EQUAL(seen.count, rows[i].cpuid != 0);
                if (seen.count == 1)
                    CU_ASSERT_EQUAL(seen.trace[0].address, rows[i].cpuid);
            }
        }
        machine_stop(&machine);
    }
}

/* Longer code in real mode: what a call needs lies behind it, else ahead of it but for the stack.
 * The code pushes the maximum. */
static void test_16_bit_room(void) {
    static const struct {
        uint64_t first;
        unsigned pages;
        bool fits;
    } rows[] = {
        {0x7000, 1, true},  {0x7000, 2, true},   {0x7000, 5, true},  {0x7000, 6, false},
        {0x6000, 6, true},  {0x6000, 7, false},  {0x5000, 3, true},  {0x5000, 4, false},
        {0x1000, 7, true},  {0x1000, 8, false},  {0x20000, 8, true}, {0x20000, 9, false},
        {0xf7000, 1, true}, {0xf8000, 1, false},
    };
    static uint8_t code[9 * IMAGE_PAGE];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct errors errors = {0};
        struct machine machine;
        struct image_segment *segment = &machine.hand.segments[0];

        machine_make(&machine, IMAGE_16, "f4");
        memset(code, 0xf4, sizeof code);
        /* mov eax, 0x40000000; cpuid; push eax; pop ecx; mov eax, ecx; ret */
        hand_bytes(code, rows[i].pages * IMAGE_PAGE - 0x20,
                   "66 b8 00 00 00 40 0f a2 66 50 66 59 66 89 c8 c3");
        machine.hand.image.segments_count = 1;
        segment->address = segment->own_first = rows[i].first;
        segment->bytes = code;
        segment->size = rows[i].pages * IMAGE_PAGE;
        segment->own_last = rows[i].first + segment->size - 1;
        machine.setup.entry = segment->own_last + 1 - 0x20;
        machine.guest = guest_new(&machine.hand.image, &machine.setup, &errors);
        CU_ASSERT_EQUAL(machine.guest != NULL, rows[i].fits);
        CU_ASSERT_EQUAL(errors.count, rows[i].fits ? 0 : 1);
        if (machine.guest) {
            struct observation seen = machine_ask(&machine, TARGET);

            CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
            CU_ASSERT_EQUAL(seen.answer, MACHINE_MAXIMUM);
        } else {
            CU_ASSERT_PTR_NOT_NULL(strstr(errors.entries[0].message, "16-bit code must leave"));
        }
        errors_clear(&errors);
        machine_stop(&machine);
    }
}

/* The stack protector's canary: its low byte is zero, the rest is not. */
static void test_canaries(void) {
    static const struct {
        enum guest_abi abi;
        const char *hex, *answer;
    } rows[] = {
        {GUEST_SYSV64, "64 48 8b 04 25 28 00 00 00 c3", "rax"}, /* mov rax, fs:0x28 */
        {GUEST_SYSV64, "65 48 8b 04 25 28 00 00 00 c3", "rax"},
        {GUEST_CDECL32, "65 a1 14 00 00 00 c3", "eax"}, /* mov eax, gs:0x14 */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        if (call_start(&machine, rows[i].abi, rows[i].hex, rows[i].answer)) {
            struct observation seen = machine_ask(&machine, TARGET);

            CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
            CU_ASSERT_EQUAL(seen.answer & 0xff, 0);
            CU_ASSERT_NOT_EQUAL(seen.answer, 0);
        }
        machine_stop(&machine);
    }
}

/* Registers instead of an ABI: each gets what the setup says, byte by byte, and none is kept. */
static void test_registers(void) {
    struct machine machine;
    struct observation seen;
    static const struct {
        const char *place;
        uint64_t number;
    } arguments[] = {{"ebx", 0xffffffff11223344}, {"bh", 0x55}, {"r9", NUMBER}, {"cx", 0x7777}};

    /* add rbx, r9; movzx ecx, cx; lea rax, [rbx + rcx] */
    machine_make(&machine, IMAGE_64, "4c 01 cb 0f b7 c9 48 8d 04 0b c3");
    machine.setup.abi = GUEST_REGISTERS;
    machine.setup.entry = MACHINE_CODE;
    machine.setup.arguments_count = sizeof arguments / sizeof arguments[0];
    for (size_t i = 0; i < machine.setup.arguments_count; i++) {
        machine.arguments[i] =
            (struct guest_argument){.kind = GUEST_ARGUMENT_NUMBER, .number = arguments[i].number};
        CU_ASSERT_TRUE(
            guest_place_parse(arguments[i].place, IMAGE_64, &machine.arguments[i].place));
    }
    CU_ASSERT_TRUE(guest_place_parse("rax", IMAGE_64, &machine.setup.answer));
    if (machine_start(&machine)) {
        seen = machine_ask(&machine, TARGET);
        CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
        CU_ASSERT_EQUAL(seen.state, 0);
        CU_ASSERT_EQUAL(seen.answer, 0x11225544u + NUMBER + 0x7777);
    }
    machine_stop(&machine);
}

static void test_misfits(void) {
    static const struct {
        enum image_mode mode;
        enum guest_abi abi;
        const char *answer;
        size_t arguments;
    } rows[] = {
        {IMAGE_32, GUEST_SYSV64, "eax", 1},
        {IMAGE_32, GUEST_MS64, "eax", 1},
        {IMAGE_64, GUEST_CDECL32, "eax", 1},
        {IMAGE_64, GUEST_REGPARM32, "eax", 1},
        {IMAGE_16, GUEST_CDECL32, "eax", 1},
        {IMAGE_64, GUEST_SYSV64, "out", 1},
        {IMAGE_64, GUEST_SYSV64, "eax", GUEST_ARGUMENTS_MAX + 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;
        struct errors errors = {0};

        machine_make(&machine, rows[i].mode, "c3");
        machine.setup.abi = rows[i].abi;
        machine.setup.arguments_count = rows[i].arguments;
        CU_ASSERT_TRUE(guest_place_parse(rows[i].answer, rows[i].mode, &machine.setup.answer));
        machine.guest = guest_new(&machine.hand.image, &machine.setup, &errors);
        CU_ASSERT_PTR_NULL(machine.guest);
        CU_ASSERT_EQUAL(errors.count, 1);
        errors_clear(&errors);
        machine_stop(&machine);
    }
}

/* Offsets and widths are numbers as everywhere: 010 is eight to some and ten to others. */
static void test_places_that_are_none(void) {
    static const char *const rows[] = {"out+010",
                                       "out+",
                                       "out+-1",
                                       "out+0x",
                                       "out+8:08",
                                       "out+8:3",
                                       "out+253",
                                       "out+4294967296",
                                       "out+18446744073709551616",
                                       "r08",
                                       "r16",
                                       "eax+01"};
    struct guest_place place;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CU_ASSERT_FALSE(guest_place_parse(rows[i], IMAGE_64, &place));
    CU_ASSERT_FALSE(guest_place_parse("eax:8", IMAGE_64, &place)); /* that is RAX */
    CU_ASSERT_FALSE(guest_place_parse("ecx:8", IMAGE_32, &place));
    CU_ASSERT_TRUE(guest_place_parse("out+0x10", IMAGE_64, &place) && place.offset == 16);
    CU_ASSERT_TRUE(guest_place_parse("out+10:8", IMAGE_64, &place) && place.offset == 10);
}

static const struct unit_test tests[] = {
    {"Arguments, by every ABI", test_arguments},
    {"Answers, from every place", test_answers},
    {"What an ABI preserves", test_preserved},
    {"Below the stack pointer", test_interrupted},
    {"The floating-point units at entry", test_floating_point},
    {"The out buffer", test_out_buffer},
    {"Real mode", test_16_bit},
    {"Room in real mode", test_16_bit_room},
    {"Canaries of stack protectors", test_canaries},
    {"Registers without an ABI", test_registers},
    {"Setups that do not fit", test_misfits},
    {"places that are none", test_places_that_are_none},
};

int main(void) {
    return UNIT_RUN(tests);
}
