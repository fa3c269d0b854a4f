/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

/* What a call leaves behind: for the next one of its boot, and never for the next boot. */
#define DATA_WORD "25 00 30 00 00" /* ModRM and displacement: [0x3000] */
#define FUNCTION (MACHINE_CODE + 0x100u)
#define PUSHES(below, count)                                                                       \
    "8b 84 24 " below " b9 " count " 00 00 00 6a 01 ff c9 75 fa b9 " count                         \
    " 00 00 00 5a ff c9 75 fb c3"

/* Code that answers with what it finds, and leaves something else there. The same on a fresh boot,
 * however often it ran, whatever ran before. */
static void test_fresh_boots(void) {
    static const struct {
        enum image_mode mode;
        const char *what, *hex;
    } rows[] = {
        /* mov eax, [place]; mov dword [place], 1; ret */
        {IMAGE_64, ".data", "8b 04 " DATA_WORD " c7 04 " DATA_WORD " 01 00 00 00 c3"},
        {IMAGE_64, "rsp - 0x80", "8b 44 24 80 c7 44 24 80 01 00 00 00 c3"},
        {IMAGE_64, "rsp - 0x800", "8b 84 24 00 f8 ff ff c7 84 24 00 f8 ff ff 01 00 00 00 c3"},
        {IMAGE_64, "rsp - 0x2000", "8b 84 24 00 e0 ff ff c7 84 24 00 e0 ff ff 01 00 00 00 c3"},
        {IMAGE_64, "rsp - 0xf000", "8b 84 24 00 10 ff ff c7 84 24 00 10 ff ff 01 00 00 00 c3"},
        /* mov eax, [rsp - 8 * N]; mov ecx, N; 1: push 1; dec ecx; jnz 1b; mov ecx, N; 2: pop rdx;
           dec ecx; jnz 2b; ret: nothing but pushes */
        {IMAGE_64, "1 push", PUSHES("f8 ff ff ff", "01")},
        {IMAGE_64, "31 pushes", PUSHES("08 ff ff ff", "1f")},
        {IMAGE_64, "32 pushes", PUSHES("00 ff ff ff", "20")},
        {IMAGE_64, "33 pushes", PUSHES("f8 fe ff ff", "21")},
        {IMAGE_64, "127 pushes", PUSHES("08 fc ff ff", "7f")},
        {IMAGE_32, "push", "8b 44 24 fc 6a 01 59 c3"},
        {IMAGE_32, "40 pushes",
         "8b 84 24 60 ff ff ff b9 28 00 00 00 6a 01 49 75 fb b9 28 00 00 00 5a 49 75 fc c3"},
        {IMAGE_16, "push", "66 67 8b 44 24 fc 66 6a 01 66 59 c3"}, /* mov eax, [esp - 4] */
        {IMAGE_64, "across a page", "8b 84 24 03 f2 ff ff 48 c7 84 24 02 f2 ff ff 01 00 00 00 c3"},
        /* lock inc; xadd; cmpxchg8b; movups; stosd; fxsave */
        {IMAGE_64, "lock inc", "8b 04 " DATA_WORD " f0 ff 04 " DATA_WORD " c3"},
        {IMAGE_64, "xadd", "b9 01 00 00 00 8b 04 " DATA_WORD " 0f c1 0c " DATA_WORD " c3"},
        {IMAGE_64, "cmpxchg",
         "be 01 00 00 00 8b 04 " DATA_WORD " 50 f0 0f b1 34 " DATA_WORD " 58 c3"},
        {IMAGE_64, "cmpxchg16b",
         "53 8b 04 " DATA_WORD " 50 31 c0 31 d2 bb 01 00 00 00 31 c9 48 0f c7 0c " DATA_WORD
         " 58 5b c3"},
        {IMAGE_64, "movups",
         "8b 04 " DATA_WORD " 66 0f 76 c0 0f 11 04 " DATA_WORD " c3"}, /* pcmpeqd xmm0, xmm0 */
        {IMAGE_64, "stosd", "8b 14 " DATA_WORD " b8 01 00 00 00 bf 00 30 00 00 ab 89 d0 c3"},
        {IMAGE_64, "fxsave", "8b 04 " DATA_WORD " 0f ae 04 " DATA_WORD " c3"},
        {IMAGE_64, "fnstenv", "8b 04 " DATA_WORD " d9 34 " DATA_WORD " c3"},
        /* mov rcx, rsp; mov eax, [0x3100]; mov esp, 0x3104; push 1; mov rsp, rcx */
        {IMAGE_64, "data as a stack",
         "48 89 e1 8b 04 25 fc 30 00 00 bc 04 31 00 00 6a 01 48 89 cc c3"},
        /* movd eax, xmm0; mov ecx, 1; movd xmm0, ecx */
        {IMAGE_64, "xmm0", "66 0f 7e c0 b9 01 00 00 00 66 0f 6e c1 c3"},
        {IMAGE_64, "mxcsr", "0f ae 5c 24 f8 8b 44 24 f8 c7 44 24 f4 80 7f 00 00 0f ae 54 24 f4 c3"},
        {IMAGE_64, "x87 control", "d9 7c 24 f8 0f b7 44 24 f8 66 c7 44 24 f4 7f 02 d9 6c 24 f4 c3"},
        {IMAGE_64, "x87 stack", "df e0 d9 e8 0f b7 c0 c3"}, /* fnstsw ax; fld1 */
        /* pushfq; pop rax; and eax, AC | ID | NT | IF; push AC | ID | NT | IF; popfq */
        {IMAGE_64, "flags", "9c 58 25 00 42 24 00 68 00 42 24 00 9d c3"},
        /* mov rax, fs:0x28; mov fs, 0 */
        {IMAGE_64, "fs", "64 48 8b 04 25 28 00 00 00 31 c9 8e e1 c3"},
        {IMAGE_64, "gs", "65 48 8b 04 25 28 00 00 00 31 c9 8e e9 c3"},
        {IMAGE_32, "gs", "65 a1 14 00 00 00 31 c9 8e e9 c3"},
        {IMAGE_32, "ds", "8c d8 6a 18 1f c3"}, /* mov eax, ds; push 0x18; pop ds */
        {IMAGE_32, "flags", "9c 58 25 00 42 24 00 68 00 42 24 00 9d c3"},
        {IMAGE_16, "ds", "8c d8 68 34 12 1f c3"}, /* push 0x1234; pop ds */
        {IMAGE_16, "es", "8c c0 68 34 12 07 c3"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        if (machine_start(&machine)) {
            struct observation first = machine_ask(&machine, MACHINE_CODE);

            for (int again = 0; again < 4; again++) {
                struct observation seen = machine_ask(&machine, MACHINE_CODE);

                if (seen.end != OBSERVATION_RETURNED || seen.answer != first.answer)
                    printf("\n    %s: %s, %#llx then %#llx", rows[i].what,
                           observation_end_text(seen.end), (unsigned long long)first.answer,
                           (unsigned long long)seen.answer);
                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.answer, first.answer);
                CU_ASSERT_EQUAL(seen.state, first.state);
                CU_ASSERT_TRUE(machine_is_as_new(&machine));
                if (again == 1)
                    guest_reset(machine.guest);
            }
        }
        machine_stop(&machine);
    }
}

/* Within a boot, data stays: inc dword [0x3000]; mov eax, [0x3000]. */
static void test_continues(void) {
    static const uint32_t targets[] = {MACHINE_CODE, MACHINE_GOOD, MACHINE_CODE, MACHINE_CODE};
    static const uint64_t answers[] = {1, MACHINE_MAXIMUM, 2, 3};
    struct machine machine;
    struct observation seen[4];

    machine_make(&machine, IMAGE_64, "ff 04 " DATA_WORD " 8b 04 " DATA_WORD " c3");
    if (machine_start(&machine)) {
        for (int boot = 0; boot < 2; boot++) {
            machine_ask_all(&machine, targets, 4, seen);
            for (size_t i = 0; i < 4; i++) {
                CU_ASSERT_EQUAL(seen[i].end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen[i].answer, answers[i]);
                CU_ASSERT_EQUAL(seen[i].state, 0);
                CU_ASSERT_EQUAL(seen[i].boot_count, i > 1);
                CU_ASSERT_EQUAL(seen[i].count, i == 1);
            }
            CU_ASSERT_EQUAL(seen[1].trace[0].address, MACHINE_GOOD + 8);
            CU_ASSERT_EQUAL(seen[3].boot_trace[0].address, MACHINE_GOOD + 8);
            /* jmp rdi; inc; mov; ret: the page is first written in the first call */
            CU_ASSERT_EQUAL(seen[0].cost, 4 + 256);
            CU_ASSERT_EQUAL(seen[2].cost, 4);
            CU_ASSERT_TRUE(seen[0].extra > seen[1].extra);
            CU_ASSERT_EQUAL(seen[0].extra, seen[2].extra);
        }
    }
    machine_stop(&machine);
}

/* Constructors, then `before`, in order, once per boot: each appends a digit to [0x3000]. */
static void test_before(void) {
    /* imul eax, [0x3000], 10; add eax, N; mov [0x3000], eax; ret */
#define APPEND(digit)                                                                              \
    "6b 04 " DATA_WORD " 0a 83 c0 0" digit " 89 04 " DATA_WORD " 31 c9 b8 0" digit                 \
    " 00 00 40 53 0f a2 5b c3"
    static uint64_t constructors[] = {FUNCTION + 0x80};
    static const uint64_t before[] = {FUNCTION, FUNCTION + 0x40};
    static const uint32_t targets[] = {MACHINE_CODE, MACHINE_CODE};
    static const uint32_t leaves[] = {0x40000003, 0x40000001, 0x40000002};
    struct machine machine;
    struct observation seen[2];

    machine_make(&machine, IMAGE_64, "8b 04 " DATA_WORD " c3");
    machine_put(&machine, FUNCTION, APPEND("1"));
    machine_put(&machine, FUNCTION + 0x40, APPEND("2"));
    machine_put(&machine, FUNCTION + 0x80, APPEND("3"));
    machine.hand.image.constructors = constructors;
    machine.hand.image.constructors_count = 1;
    machine.setup.constructors = true;
    machine.setup.before = before;
    machine.setup.before_count = 2;
    if (machine_start(&machine)) {
        for (int boot = 0; boot < 2; boot++) {
            machine_ask_all(&machine, targets, 2, seen);
            for (size_t i = 0; i < 2; i++) {
                CU_ASSERT_EQUAL(seen[i].answer, 312);
                CU_ASSERT_EQUAL(seen[i].state, 0);
                CU_ASSERT_EQUAL(seen[i].count, 0);
                CU_ASSERT_EQUAL_FATAL(seen[i].boot_count, 3);
                for (size_t k = 0; k < 3; k++)
                    CU_ASSERT_EQUAL(seen[i].boot_trace[k].leaf, leaves[k]);
            }
        }
    }
    machine_stop(&machine);
}

/* What `before` does is reported for the boot's first question only, and when it fails nothing is
 * asked. */
static void test_before_states(void) {
    static const struct {
        const char *what, *hex;
        enum observation_end end;
        unsigned state;
    } rows[] = {
        {"nothing", "c3", OBSERVATION_RETURNED, 0},
        {"rdtsc", "0f 31 c3", OBSERVATION_RETURNED, OBSERVATION_CLOCK_READ},
        {"xor ebx, ebx", "31 db c3", OBSERVATION_RETURNED, OBSERVATION_BX_CHANGED},
        {"ret 8", "c2 08 00", OBSERVATION_RETURNED, OBSERVATION_STACK_MOVED},
        {"cli", "fa", OBSERVATION_FORBIDDEN, OBSERVATION_IN_BOOT},
        {"jmp $", "eb fe", OBSERVATION_OUT_OF_BUDGET, OBSERVATION_IN_BOOT},
        {"ud2", "0f 0b", OBSERVATION_UNDEFINED, OBSERVATION_IN_BOOT},
        {"rdtsc; ud2", "0f 31 0f 0b", OBSERVATION_UNDEFINED,
         OBSERVATION_IN_BOOT | OBSERVATION_CLOCK_READ},
    };
    static const uint64_t before[] = {FUNCTION};
    static const uint32_t targets[] = {MACHINE_GOOD, MACHINE_GOOD};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;
        struct observation seen[2];

        machine_make(&machine, IMAGE_64, "c3");
        machine_put(&machine, FUNCTION, rows[i].hex);
        machine.setup.before = before;
        machine.setup.before_count = 1;
        if (machine_start(&machine)) {
            for (int again = 0; again < 2; again++) {
                bool dead = rows[i].end != OBSERVATION_RETURNED;

                machine_ask_all(&machine, targets, 2, seen);
                CU_ASSERT_EQUAL(seen[0].end, rows[i].end);
                CU_ASSERT_EQUAL(seen[0].state, rows[i].state);
                CU_ASSERT_EQUAL(seen[0].clock_address,
                                rows[i].state & OBSERVATION_CLOCK_READ ? FUNCTION : 0);
                CU_ASSERT_EQUAL(seen[1].end, rows[i].end);
                CU_ASSERT_EQUAL(seen[1].state, dead ? rows[i].state : 0);
                CU_ASSERT_EQUAL(seen[0].count, !dead);
                CU_ASSERT_EQUAL(seen[1].count, !dead);
            }
        }
        machine_stop(&machine);
    }
}

/* In one boot, each question answers for what it did itself; behind a dead one none is asked. */
static void test_own_state(void) {
    enum { CLOCK = MACHINE_CODE, WRITE = FUNCTION, DEAD = FUNCTION + 0x40 };
    static const uint32_t targets[] = {CLOCK, MACHINE_GOOD, WRITE, MACHINE_GOOD,
                                       DEAD,  MACHINE_GOOD, CLOCK};
    static const unsigned states[] = {
        OBSERVATION_CLOCK_READ, 0, OBSERVATION_WROTE_FOREIGN, 0, 0, OBSERVATION_IN_BOOT,
        OBSERVATION_IN_BOOT};
    struct machine machine;
    struct observation seen[7];

    machine_make(&machine, IMAGE_64, "0f 31 c3");
    machine_put(&machine, WRITE, "89 04 25 08 30 00 00 c3");
    machine_put(&machine, DEAD, "53 0f a2 5b 0f 0b");
    machine.hand.segments[1].own_last = HAND_DATA + 7;
    if (machine_start(&machine)) {
        machine_ask_all(&machine, targets, 7, seen);
        for (size_t i = 0; i < 7; i++) {
            CU_ASSERT_EQUAL(seen[i].state, states[i]);
            CU_ASSERT_EQUAL(seen[i].end, i < 4 ? OBSERVATION_RETURNED : OBSERVATION_UNDEFINED);
        }
        CU_ASSERT_EQUAL(seen[0].clock_address, CLOCK);
        CU_ASSERT_EQUAL(seen[1].clock_address, 0);
        CU_ASSERT_EQUAL(seen[2].fault_address, HAND_DATA + 8);
        CU_ASSERT_EQUAL(seen[3].fault_address, 0);
        CU_ASSERT_EQUAL(seen[4].end_address, DEAD + 4);
        CU_ASSERT_EQUAL(seen[4].boot_count, 2);
        CU_ASSERT_EQUAL(seen[4].count, 1);
        CU_ASSERT_EQUAL(seen[6].boot_count, 3);
        CU_ASSERT_EQUAL(seen[6].count, 0);
        CU_ASSERT_TRUE(machine_is_as_new(&machine));
    }
    machine_stop(&machine);
}

/* Code that writes its caller's frame with nothing but pops and pushes: pop rax; pop rcx; push 7;
 * push rax; ret. */
static void test_frame_pushed(void) {
    static const struct {
        enum image_mode mode;
        const char *hex;
    } rows[] = {{IMAGE_64, "58 59 6a 07 50 c3"}, {IMAGE_32, "58 59 5a 6a 07 51 50 c3"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        if (machine_start(&machine)) {
            CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_CODE).state, OBSERVATION_FRAME_CHANGED);
            CU_ASSERT_TRUE(machine_is_as_new(&machine));
        }
        machine_stop(&machine);
    }
}

/* Thread-local data below the thread pointer: .tdata, then .tbss, fresh at each boot. */
static void test_thread_data(void) {
    static const struct {
        enum image_mode mode;
        const char *hex; /* inc dword [tp - 8]; mov eax, [tp - 8] */
        size_t file, memory, alignment;
        uint64_t answer;
        unsigned state;
    } rows[] = {
        {IMAGE_64, "64 ff 04 25 f8 ff ff ff 64 8b 04 25 f8 ff ff ff c3", 4, 8, 4, 0x778, 0},
        {IMAGE_32, "65 ff 05 f8 ff ff ff 65 a1 f8 ff ff ff c3", 4, 8, 4, 0x778, 0},
        {IMAGE_64, "64 ff 04 25 f8 ff ff ff 64 8b 04 25 f8 ff ff ff c3", 4, 4, 4, 1,
         OBSERVATION_WROTE_FOREIGN},
        {IMAGE_64, "64 ff 04 25 00 f0 ff ff 64 8b 04 25 00 f0 ff ff c3", 4, 8, IMAGE_PAGE, 0x778,
         0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        hand_bytes(machine.hand.data, 0x100, "77 07 00 00");
        machine.hand.image.tls_start = HAND_DATA + 0x100;
        machine.hand.image.tls_file_size = rows[i].file;
        machine.hand.image.tls_memory_size = rows[i].memory;
        machine.hand.image.tls_alignment = rows[i].alignment;
        if (machine_start(&machine)) {
            for (int again = 0; again < 3; again++) {
                struct observation seen = machine_ask(&machine, MACHINE_CODE);

                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.answer, rows[i].answer);
                CU_ASSERT_EQUAL(seen.state, rows[i].state);
            }
        }
        machine_stop(&machine);
    }
}

static void test_thread_data_too_large(void) {
    static const struct {
        size_t memory, alignment;
    } rows[] = {{0x400001, 1}, {8, 0x800000}, {8, IMAGE_SIZE_MAX}, {SIZE_MAX, 1}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;
        struct errors errors = {0};

        machine_make(&machine, IMAGE_64, "c3");
        machine.hand.image.tls_memory_size = rows[i].memory;
        machine.hand.image.tls_alignment = rows[i].alignment;
        CU_ASSERT_PTR_NULL(guest_new(&machine.hand.image, &machine.setup, &errors));
        CU_ASSERT_EQUAL(errors.count, 1);
        errors_clear(&errors);
        machine_stop(&machine);
    }
}

/* push rbx; mov esi, COUNT; cpuid; dec esi; jnz; pop rbx; ret, with COUNT 8192 and 8193. */
#define CPUIDS_AT_LIMIT "53 be 00 20 00 00 0f a2 ff ce 75 fa 5b c3"
#define CPUIDS_BEYOND "53 be 01 20 00 00 0f a2 ff ce 75 fa 5b c3"

/* Each question, and what runs ahead of the boot's first, may execute GUEST_CPUIDS_MAX: whether the
 * jobs are boots of their own, where the trace is the longest, or one boot. */
static void test_trace_limit(void) {
    static const uint64_t before[] = {FUNCTION};
    static struct observation seen[GUEST_BOOT_JOBS];
    struct guest_job jobs[GUEST_BOOT_JOBS];

    for (unsigned one_boot = 0; one_boot < 2; one_boot++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, CPUIDS_AT_LIMIT);
        machine_put(&machine, FUNCTION, CPUIDS_AT_LIMIT);
        machine.setup.before = before;
        machine.setup.before_count = 1;
        for (size_t i = 0; i < GUEST_BOOT_JOBS; i++)
            jobs[i] = (struct guest_job){
                .table = &machine.table, .target = MACHINE_CODE, .continues = one_boot && i > 0};
        if (machine_start(&machine)) {
            CU_ASSERT_EQUAL(guest_run(machine.guest, jobs, GUEST_BOOT_JOBS, seen), GUEST_BOOT_JOBS);
            for (size_t i = 0; i < GUEST_BOOT_JOBS; i++) {
                size_t asked_before = one_boot ? i : 0;

                CU_ASSERT_EQUAL(seen[i].end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen[i].count, GUEST_CPUIDS_MAX);
                CU_ASSERT_EQUAL(seen[i].boot_count, (1 + asked_before) * GUEST_CPUIDS_MAX);
            }
        }
        machine_stop(&machine);
    }
}

/* One more is out of budget, in a question as in what runs ahead of it. */
static void test_trace_beyond(void) {
    static const struct {
        const char *before, *question;
        size_t boot_count;
        unsigned state;
    } rows[] = {{CPUIDS_AT_LIMIT, CPUIDS_BEYOND, GUEST_CPUIDS_MAX, 0},
                {CPUIDS_BEYOND, CPUIDS_AT_LIMIT, 0, OBSERVATION_IN_BOOT}};
    static const uint64_t before[] = {FUNCTION};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i].question);
        machine_put(&machine, FUNCTION, rows[i].before);
        machine.setup.before = before;
        machine.setup.before_count = 1;
        if (machine_start(&machine)) {
            struct observation seen = machine_ask(&machine, MACHINE_CODE);

            CU_ASSERT_EQUAL(seen.end, OBSERVATION_OUT_OF_BUDGET);
            CU_ASSERT_EQUAL(seen.state & OBSERVATION_IN_BOOT, rows[i].state);
            CU_ASSERT_EQUAL(seen.boot_count, rows[i].boot_count);
            CU_ASSERT_EQUAL(seen.count, GUEST_CPUIDS_MAX);
        }
        machine_stop(&machine);
    }
}

/* Several functions ahead of the first question share one limit. */
static void test_trace_before(void) {
    /* push rbx; mov esi, 5000; cpuid; dec esi; jnz; pop rbx; ret */
    static const char code[] = "53 be 88 13 00 00 0f a2 ff ce 75 fa 5b c3";
    static const uint64_t before[] = {FUNCTION, FUNCTION};
    struct machine machine;

    machine_make(&machine, IMAGE_64, code);
    machine_put(&machine, FUNCTION, code);
    machine.setup.before = before;
    machine.setup.before_count = 2;
    if (machine_start(&machine)) {
        struct observation seen = machine_ask(&machine, MACHINE_CODE);

        CU_ASSERT_EQUAL(seen.end, OBSERVATION_OUT_OF_BUDGET);
        CU_ASSERT_TRUE(seen.state & OBSERVATION_IN_BOOT);
        CU_ASSERT_EQUAL(seen.boot_count, 5000);
        CU_ASSERT_EQUAL(seen.boot_count + seen.count, GUEST_CPUIDS_MAX);
    }
    machine_stop(&machine);
}

/* mov esi, COUNT; pause; dec esi; jnz; ret. Each PAUSE counts for many instructions. */
static void test_pause(void) {
    static const struct {
        const char *code;
        enum observation_end end;
    } rows[] = {{"be 0e 00 00 00 f3 90 ff ce 75 fa c3", OBSERVATION_RETURNED},
                {"be 10 00 00 00 f3 90 ff ce 75 fa c3", OBSERVATION_OUT_OF_BUDGET},
                {"be 10 00 00 00 66 90 ff ce 75 fa c3", OBSERVATION_RETURNED}}; /* a NOP */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i].code);
        machine.setup.budget = 15 * (GUEST_PAUSE_INSTRUCTIONS + 2);
        if (machine_start(&machine))
            CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_CODE).end, rows[i].end);
        machine_stop(&machine);
    }
}

/* Loops that cannot end are told early; those that do end, or that change something each time, are
 * not mistaken for them. */
static void test_endless(void) {
    static const struct {
        const char *code;
        enum observation_end end;
        bool early;
    } rows[] = {
        /* jmp to itself; a PAUSE in between; two blocks; a load each time */
        {"eb fe", OBSERVATION_OUT_OF_BUDGET, true},
        {"f3 90 eb fc", OBSERVATION_OUT_OF_BUDGET, true},
        {"31 c0 85 c0 74 00 74 f8", OBSERVATION_OUT_OF_BUDGET, true},
        {"8b 04 " DATA_WORD " 85 c0 74 f5 c3", OBSERVATION_OUT_OF_BUDGET, true},
        /* mov ecx, 0x4000; dec ecx; jnz; ret */
        {"b9 00 40 00 00 ff c9 75 fc c3", OBSERVATION_RETURNED, false},
        /* inc dword [data]; cmp dword [data], 0x2000; jne; ret */
        {"ff 04 " DATA_WORD " 81 3c " DATA_WORD " 00 20 00 00 75 ec c3", OBSERVATION_RETURNED,
         false},
        /* xor eax, eax; xor ecx, ecx; cpuid; jmp: each is noted */
        {"53 31 c0 31 c9 0f a2 eb f8", OBSERVATION_OUT_OF_BUDGET, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i].code);
        if (machine_start(&machine)) {
            struct observation seen = machine_ask(&machine, MACHINE_CODE);

            CU_ASSERT_EQUAL(seen.end, rows[i].end);
            CU_ASSERT_EQUAL(seen.cost < GUEST_BUDGET_DEFAULT / 8, rows[i].early);
        }
        machine_stop(&machine);
    }
}

/* More jobs than a run takes: whole boots are done, the rest is for the next run. */
static void test_whole_boots(void) {
    enum { COUNT = 3 * GUEST_BOOT_JOBS };
    static struct observation seen[COUNT];
    struct guest_job jobs[COUNT];
    struct machine machine;
    size_t done = 0;

    machine_make(&machine, IMAGE_64, "ff 04 " DATA_WORD " 8b 04 " DATA_WORD " c3");
    for (size_t i = 0; i < COUNT; i++)
        jobs[i] = (struct guest_job){
            .table = &machine.table, .target = MACHINE_CODE, .continues = i % 5 != 0};
    if (machine_start(&machine)) {
        while (done < COUNT) {
            size_t more = guest_run(machine.guest, jobs + done, COUNT - done, seen + done);

            CU_ASSERT_FATAL(more > 0 && more <= COUNT - done);
            CU_ASSERT_TRUE(done + more == COUNT || !jobs[done + more].continues);
            done += more;
        }
        for (size_t i = 0; i < COUNT; i++)
            CU_ASSERT_EQUAL(seen[i].answer, i % 5 + 1);
    }
    machine_stop(&machine);
}

static const struct unit_test tests[] = {
    {"A PAUSE costs more budget", test_pause},
    {"Loops without an end are told early", test_endless},
    {"A fresh boot is fresh", test_fresh_boots},
    {"Questions of one boot share its data", test_continues},
    {"Constructors and before run in order", test_before},
    {"What before does is noted once", test_before_states},
    {"Each question has its own state", test_own_state},
    {"The caller's frame written by pushes", test_frame_pushed},
    {"Thread-local data", test_thread_data},
    {"Thread-local data that does not fit", test_thread_data_too_large},
    {"Every question and every start-up may execute as many CPUIDs", test_trace_limit},
    {"One CPUID more is out of budget", test_trace_beyond},
    {"What runs ahead of the first question shares one limit", test_trace_before},
    {"Runs take whole boots", test_whole_boots},
};

int main(void) {
    return UNIT_RUN(tests);
}
