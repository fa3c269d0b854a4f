/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/random.h"
#include "base/tests/unit.h"
#include "emulator/image/tests/hand_image.h"
#include "harness/symbolic/machine.h"

/*
 * Instructions that are modelled here rather than lifted, against the emulator: a function of its
 * target is executed once on unknowns and many times on numbers, and both answer the same.
 */
#define DRAWS 24u

/* Operands are EAX and ECX, and EDX for MULX; the result is in EAX, or as `tail` says. */
struct row {
    const char *name, *code;
    const char *flags; /* of C, Z, S and O: those that have a value */
    bool is_wide;      /* of 64-bit code alone */
};
static const struct row rows[] = {
    {"popcnt eax, eax", "f3 0f b8 c0", "CZSO", false},
    {"popcnt ax, ax", "66 f3 0f b8 c0", "CZSO", false},
    {"popcnt rax, rax", "f3 48 0f b8 c0", "CZSO", true},
    {"lzcnt eax, eax", "f3 0f bd c0", "CZ", false},
    {"lzcnt ax, ax", "66 f3 0f bd c0", "CZ", false},
    {"lzcnt rax, rax", "f3 48 0f bd c0", "CZ", true},
    {"tzcnt eax, eax", "f3 0f bc c0", "CZ", false},
    {"tzcnt ax, ax", "66 f3 0f bc c0", "CZ", false},
    {"tzcnt rax, rax", "f3 48 0f bc c0", "CZ", true},
    {"crc32 eax, cl", "f2 0f 38 f0 c1", "", false},
    {"crc32 eax, cx", "66 f2 0f 38 f1 c1", "", false},
    {"crc32 eax, ecx", "f2 0f 38 f1 c1", "", false},
    {"crc32 eax, [esp]", "f2 0f 38 f1 04 24", "", false},
    {"crc32 rax, cl", "f2 48 0f 38 f0 c1", "", true},
    {"crc32 rax, rcx", "f2 48 0f 38 f1 c1", "", true},
    {"andn eax, eax, ecx", "c4 e2 78 f2 c1", "CZSO", false},
    {"andn rax, rax, rcx", "c4 e2 f8 f2 c1", "CZSO", true},
    {"blsr eax, eax", "c4 e2 78 f3 c8", "CZSO", false},
    {"blsr rax, rax", "c4 e2 f8 f3 c8", "CZSO", true},
    {"blsmsk eax, eax", "c4 e2 78 f3 d0", "CZSO", false},
    {"blsmsk rax, rax", "c4 e2 f8 f3 d0", "CZSO", true},
    {"blsi eax, eax", "c4 e2 78 f3 d8", "CZSO", false},
    {"blsi rax, rax", "c4 e2 f8 f3 d8", "CZSO", true},
    {"bzhi eax, eax, ecx", "c4 e2 70 f5 c0", "CZSO", false},
    {"bzhi rax, rax, rcx", "c4 e2 f0 f5 c0", "CZSO", true},
    {"bextr eax, eax, ecx", "c4 e2 70 f7 c0", "CZO", false},
    {"bextr rax, rax, rcx", "c4 e2 f0 f7 c0", "CZO", true},
    {"pext eax, eax, ecx", "c4 e2 7a f5 c1", "", false},
    {"pext rax, rax, rcx", "c4 e2 fa f5 c1", "", true},
    {"pdep eax, eax, ecx", "c4 e2 7b f5 c1", "", false},
    {"pdep rax, rax, rcx", "c4 e2 fb f5 c1", "", true},
    {"shlx eax, eax, ecx", "c4 e2 71 f7 c0", "", false},
    {"shlx rax, rax, rcx", "c4 e2 f1 f7 c0", "", true},
    {"shrx eax, eax, ecx", "c4 e2 73 f7 c0", "", false},
    {"shrx rax, rax, rcx", "c4 e2 f3 f7 c0", "", true},
    {"sarx eax, eax, ecx", "c4 e2 72 f7 c0", "", false},
    {"sarx rax, rax, rcx", "c4 e2 f2 f7 c0", "", true},
    {"rorx eax, eax, 7", "c4 e3 7b f0 c0 07", "", false},
    {"rorx rax, rax, 39", "c4 e3 fb f0 c0 27", "", true},
    {"mulx eax, eax, ecx", "c4 e2 7b f6 c1", "", false},
    {"mulx ecx, eax, ecx; add eax, ecx", "c4 e2 7b f6 c9 01 c8", "", false},
    {"mulx rcx, rax, rcx; xor rax, rcx", "c4 e2 fb f6 c9 48 31 c8", "", true},
    {"movbe eax, [esp]", "0f 38 f0 04 24", "", false},
};

static const struct flag {
    char letter;
    const char *code; /* EAX is whether it is set */
} tails[] = {
    {'C', "0f 92 c0 0f b6 c0"},
    {'Z', "0f 94 c0 0f b6 c0"},
    {'S', "0f 98 c0 0f b6 c0"},
    {'O', "0f 90 c0 0f b6 c0"},
};

/* Both machines on one piece of code. */
struct bench {
    struct hand_image hand;
    struct guest_argument argument;
    struct guest_setup setup;
    struct guest *guest;
    struct machine *machine;
    term_id target, answer; /* answer 0: the code does not return there */
    struct cpuid_table table;
};

/* The target, multiplied: EAX, ECX and EDX, or all of RAX, RCX and RDX. Of EAX the lowest byte of
 * what is on the stack. */
static void put_code(struct bench *bench, enum image_mode mode, const char *code,
                     const char *tail) {
    uint8_t *bytes = bench->hand.code;
    size_t at;

    if (mode == IMAGE_64) /* mov eax, edi; imul rax, rax, N; imul rcx, rax, N; mov rdx, rcx */
        at = hand_bytes(bytes, 0, "89 f8 48 69 c0 cd ab 89 67 48 69 c8 35 71 5b 3d 48 89 ca");
    else /* mov eax, [esp + 4]; imul ecx, eax, N; mov edx, ecx */
        at = hand_bytes(bytes, 0, "8b 44 24 04 69 c8 35 71 5b 3d 89 ca");
    at = hand_bytes(bytes, at, "51"); /* push rcx: what is in memory */
    at = hand_bytes(bytes, at, code);
    at = hand_bytes(bytes, at, "59"); /* pop rcx */
    at = hand_bytes(bytes, at, tail);
    hand_bytes(bytes, at, "c3");
}

static bool keep_answer(void *context, struct machine_state *state) {
    struct bench *bench = context;

    if (state->end == MACHINE_RETURNED)
        bench->answer = machine_register(bench->machine, state, 0, 0, 4);
    else
        printf("    %s\n", state->reason);
    machine_state_free(state);
    return true;
}

/* False: it cannot be tested in this build. */
static bool open_bench(struct bench *bench, enum image_mode mode, const char *code,
                       const char *tail) {
    struct errors errors = {0};
    struct machine_options options = {.image = &bench->hand.image,
                                      .setup = &bench->setup,
                                      .deadline = 1e18,
                                      .states_max = 16,
                                      .query_limit = 1000};
    struct machine_state *state;
    const char *why;

    memset(bench, 0, sizeof *bench);
    hand_image_make(&bench->hand, mode, NULL, 0);
    bench->hand.image.path = (char *)"by hand";
    put_code(bench, mode, code, tail);
    bench->argument = (struct guest_argument){.kind = GUEST_ARGUMENT_TARGET};
    bench->setup = (struct guest_setup){.abi = mode == IMAGE_64 ? GUEST_SYSV64 : GUEST_CDECL32,
                                        .entry = HAND_CODE,
                                        .arguments = &bench->argument,
                                        .arguments_count = 1};
    CU_ASSERT_TRUE(guest_place_parse("eax", mode, &bench->setup.answer));
    bench->machine = machine_new(&options, &why);
    if (!bench->machine)
        return false;
    bench->guest = guest_new(&bench->hand.image, &bench->setup, &errors);
    errors_clear(&errors);
    bench->target = term_unknown(machine_terms_of(bench->machine), 32);
    state = machine_start(bench->machine);
    CU_ASSERT_TRUE(
        machine_call(bench->machine, state, MACHINE_CALLS_QUESTION, HAND_CODE, bench->target));
    machine_run(bench->machine, state, keep_answer, bench);
    return true;
}

static void close_bench(struct bench *bench) {
    guest_free(bench->guest);
    machine_free(bench->machine);
}

static uint32_t expected(struct bench *bench, uint32_t target) {
    struct terms *terms = machine_terms_of(bench->machine);
    size_t count = terms_unknowns(terms);
    uint64_t *values = calloc(count, sizeof *values), answer;

    for (size_t i = 0; values && i < count; i++)
        values[i] = terms_unknown_at(terms, i) == bench->target ? target : 0;
    answer = term_evaluate(terms, bench->answer, values, values ? count : 0);
    free(values);
    return (uint32_t)answer;
}

static uint32_t emulated(struct bench *bench, uint32_t target) {
    const struct guest_job job = {.table = &bench->table, .target = target};
    struct observation observation = {.end = OBSERVATION_HARNESS_FAILURE};

    CU_ASSERT_EQUAL(guest_run(bench->guest, &job, 1, &observation), 1);
    CU_ASSERT_EQUAL(observation.end, OBSERVATION_RETURNED);
    return (uint32_t)observation.answer;
}

static uint32_t draw_target(uint64_t *seed, unsigned i) {
    static const uint32_t chosen[] = {0, 1, 0x80000000, 0xffffffff, 0x10000, 0x40000001};

    return i < sizeof chosen / sizeof chosen[0] ? chosen[i] : (uint32_t)random_next(seed);
}

static void compare(const struct row *row, enum image_mode mode, const char *tail) {
    uint64_t seed = 1;
    struct bench bench;

    if (!open_bench(&bench, mode, row->code, tail))
        return;
    if (!bench.answer)
        printf("    not modelled: %s, %u bits\n", row->name, (unsigned)mode);
    CU_ASSERT_NOT_EQUAL_FATAL(bench.answer, 0);
    for (unsigned i = 0; i < DRAWS; i++) {
        uint32_t target = draw_target(&seed, i);
        uint32_t is = emulated(&bench, target), should = expected(&bench, target);

        if (is != should)
            printf("    %s, %u bits, of 0x%x: 0x%x, and the emulator has 0x%x\n", row->name,
                   (unsigned)mode, target, should, is);
        CU_ASSERT_EQUAL(is, should);
    }
    close_bench(&bench);
}

static void compare_all(enum image_mode mode) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];

        if (row->is_wide && mode != IMAGE_64)
            continue;
        /* Of a result of 64 bits both halves: mov rcx, rax; shr rcx, 32; xor eax, ecx. */
        compare(row, mode, row->is_wide ? "48 89 c1 48 c1 e9 20 31 c8" : "");
        for (size_t j = 0; j < sizeof tails / sizeof tails[0]; j++) {
            if (strchr(row->flags, tails[j].letter))
                compare(row, mode, tails[j].code);
        }
    }
}

static void test_instructions_of_64_bits(void) {
    compare_all(IMAGE_64);
}

static void test_instructions_of_32_bits(void) {
    compare_all(IMAGE_32);
}

/* Flags that processors leave undefined: the answer hangs on what nobody knows. */
static bool is_any(void *context, size_t unknown) {
    (void)context;
    (void)unknown;
    return true;
}

static void test_undefined_flags_are_unknown(void) {
    static const struct row undefined[] = {
        {"lzcnt's sign", "f3 0f bd c0", "S", false},
        {"tzcnt's overflow", "f3 0f bc c0", "O", false},
        {"bextr's sign", "c4 e2 70 f7 c0", "S", false},
    };

    for (size_t i = 0; i < sizeof undefined / sizeof undefined[0]; i++) {
        const char *tail = undefined[i].flags[0] == 'S' ? tails[2].code : tails[3].code;
        struct bench bench;

        if (!open_bench(&bench, IMAGE_64, undefined[i].code, tail))
            return;
        CU_ASSERT_NOT_EQUAL_FATAL(bench.answer, 0);
        CU_ASSERT_TRUE(term_mentions(machine_terms_of(bench.machine), bench.answer, is_any, NULL));
        CU_ASSERT_EQUAL(expected(&bench, 0), expected(&bench, 0x1234567));
        close_bench(&bench);
    }
}

/* Neither a register's second byte nor an address of 32 bits in 64-bit code can be said: the path
 * stays open. */
static void test_operands_that_cannot_be_said(void) {
    static const char *const codes[] = {"f2 0f 38 f0 c5", "67 f2 0f 38 f1 07"};

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct bench bench;

        if (!open_bench(&bench, IMAGE_64, codes[i], ""))
            return;
        CU_ASSERT_EQUAL(bench.answer, 0);
        close_bench(&bench);
    }
}

static const struct unit_test tests[] = {
    {"instructions of 64-bit code", test_instructions_of_64_bits},
    {"instructions of 32-bit code", test_instructions_of_32_bits},
    {"undefined flags are unknown", test_undefined_flags_are_unknown},
    {"operands that cannot be said", test_operands_that_cannot_be_said},
};

int main(void) {
    return UNIT_RUN(tests);
}
