/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

/* Undefined symbols: what is provided, what a setup stubs, and what ends the call with a name. */
#define IMPORTS 0x2000u /* the import area: right behind the code */

/* The data page: two strings that differ in one letter's case, and one that nothing ends. */
#define STRING_A (HAND_DATA + 0x10u) /* "KVMKVM" */
#define STRING_B (HAND_DATA + 0x20u) /* "KVMKvm" */
#define ENDLESS (HAND_DATA + 0xf00u) /* 'x' to the end of the page */

/* An image with one import, and a call of it with three arguments in the usual places; the answer
 * is a register. */
static bool imports_start_for(struct machine *machine, struct image_import *import,
                              enum image_mode mode, const char *name, uint64_t a, uint64_t b,
                              uint64_t c, const struct guest_stub *stub, const char *answer) {
    char code[256];
    uint64_t arguments[] = {a, b, c};
    const char *const moves[] = {"48 bf", "48 be", "48 ba"}; /* mov rdi, rsi, rdx */
    size_t at = 0;

    machine_make(machine, mode, "c3");
    *import = (struct image_import){.name = (char *)name, .address = IMPORTS};
    machine->hand.image.imports = import;
    machine->hand.image.imports_count = 1;
    machine->hand.image.import_area = IMPORTS;
    machine->hand.image.import_area_size = IMAGE_PAGE;
    memcpy(machine->hand.data + 0x10, "KVMKVM", 7);
    memcpy(machine->hand.data + 0x20, "KVMKvm", 7);
    memset(machine->hand.data + 0xf00, 'x', 0x100);
    machine->setup.stubs = stub;
    machine->setup.stubs_count = stub != NULL;
    for (size_t i = 0; i < 3; i++) {
        /* 64-bit: mov reg, imm64; 32-bit: push imm32, last argument first */
        uint64_t value = arguments[mode == IMAGE_64 ? i : 2 - i];

        at += (size_t)sprintf(code + at, "%s", mode == IMAGE_64 ? moves[i] : "68");
        for (unsigned byte = 0; byte < (mode == IMAGE_64 ? 8u : 4u); byte++)
            at += (size_t)sprintf(code + at, " %02x", (unsigned)(value >> 8 * byte & 0xff));
        at += (size_t)sprintf(code + at, " ");
    }
    /* mov eax, IMPORTS; call rax; 32-bit: add esp, 12; ret */
    sprintf(code + at, "b8 00 20 00 00 ff d0 %s c3", mode == IMAGE_64 ? "" : "83 c4 0c");
    machine_put(machine, MACHINE_CODE, code);
    CU_ASSERT_TRUE(guest_place_parse(answer, mode, &machine->setup.answer));
    return machine_start(machine);
}

static bool imports_start(struct machine *machine, struct image_import *import,
                          enum image_mode mode, const char *name, uint64_t a, uint64_t b,
                          uint64_t c, const struct guest_stub *stub) {
    return imports_start_for(machine, import, mode, name, a, b, c, stub,
                             mode == IMAGE_64 ? "rax" : "eax");
}

static void test_provided(void) {
    static const struct {
        const char *name;
        uint64_t a, b, c;
        uint64_t expected; /* sign-extended; compared on the mode's width */
    } rows[] = {
        {"memcmp", STRING_A, STRING_B, 4, 0},
        {"memcmp", STRING_A, STRING_B, 5, (uint64_t)-1},
        {"memcmp", STRING_B, STRING_A, 6, 1},
        {"memcmp", 0, 0, 0, 0},
        {"bcmp", STRING_A, STRING_A, 7, 0},
        {"strlen", STRING_A, 0, 0, 6},
        {"strnlen", STRING_A, 4, 0, 4},
        {"strnlen", STRING_A, 0xffff, 0, 6},
        {"strcmp", STRING_A, STRING_A, 0, 0},
        {"strcmp", STRING_A, STRING_B, 0, (uint64_t)-1},
        {"strncmp", STRING_A, STRING_B, 4, 0},
        {"strncmp", STRING_A, STRING_B, 5, (uint64_t)-1},
        {"strcasecmp", STRING_A, STRING_B, 0, 0},
        {"strncasecmp", STRING_A, STRING_B, 9, 0},
        {"memchr", STRING_A, 'M', 6, STRING_A + 2},
        {"memchr", STRING_A, 'M', 2, 0},
        {"strchr", STRING_A, 'V', 0, STRING_A + 1},
        {"strchr", STRING_A, 'Z', 0, 0},
        {"strchr", STRING_A, 0, 0, STRING_A + 6},
        {"memcpy", STRING_B, STRING_A, 6, STRING_B},
        {"memmove", STRING_B, STRING_A, 6, STRING_B},
        {"memset", STRING_B, 'A', 3, STRING_B},
        {"strcpy", STRING_B, STRING_A, 0, STRING_B},
        {"strncpy", STRING_B, STRING_A, 9, STRING_B},
        {"__fentry__", STRING_B, 0, 0, IMPORTS}, /* EAX stays */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int is_32 = 0; is_32 < 2; is_32++) {
            struct machine machine;
            struct image_import import;
            struct observation seen;

            if (imports_start(&machine, &import, is_32 ? IMAGE_32 : IMAGE_64, rows[i].name,
                              rows[i].a, rows[i].b, rows[i].c, NULL)) {
                uint64_t expected = is_32 ? (uint32_t)rows[i].expected : rows[i].expected;

                seen = machine_ask(&machine, MACHINE_CODE);
                if (seen.end != OBSERVATION_RETURNED || seen.answer != expected)
                    printf("\n    %s: %s, %#llx", rows[i].name, observation_end_text(seen.end),
                           (unsigned long long)seen.answer);
                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.answer, expected);
                CU_ASSERT_EQUAL(seen.state, 0);
                CU_ASSERT_EQUAL(seen.count, 0);
                CU_ASSERT_TRUE(machine_is_as_new(&machine));
            }
            machine_stop(&machine);
        }
    }
}

/* What the host writes for the guest is there, and gone at the next boot. */
static void test_written(void) {
    static const struct {
        const char *name;
        uint64_t b, c;
        const char *expected; /* eight bytes at STRING_B */
    } rows[] = {
        {"memcpy", STRING_A, 6, "KVMKVM\0"},
        {"memmove", STRING_B + 1, 4, "VMKvvm\0"},
        {"memset", 'A', 3, "AAAKvm\0"},
        {"strcpy", STRING_A, 0, "KVMKVM\0"},
        {"strncpy", STRING_A + 4, 5, "VM\0\0\0m\0"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;
        struct image_import import;
        uint64_t expected;

        memcpy(&expected, rows[i].expected, sizeof expected);
        if (imports_start(&machine, &import, IMAGE_64, rows[i].name, STRING_B, rows[i].b, rows[i].c,
                          NULL)) {
            static const uint32_t both[] = {MACHINE_CODE, MACHINE_CODE + 0x80};
            struct observation seen[2];

            guest_free(machine.guest);
            machine_put(&machine, both[1], "48 8b 04 25 20 30 00 00 c3"); /* mov rax, [STRING_B] */
            if (machine_start(&machine)) {
                machine_ask_all(&machine, both, 2, seen);
                CU_ASSERT_EQUAL(seen[0].end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen[1].answer, expected);
                memcpy(&expected, "KVMKvm\0", sizeof expected);
                CU_ASSERT_EQUAL(machine_ask(&machine, both[1]).answer, expected);
            }
        }
        machine_stop(&machine);
    }
}

static void test_hostile(void) {
#define HUGE (1ull << 63)
    static const struct {
        const char *name;
        uint64_t a, b, c;
        enum observation_end end;
        uint64_t fault; /* 0: not asked */
    } rows[] = {
        {"memcpy", HAND_DATA, 0x50000000, 1, OBSERVATION_READ_FAULT, 0x50000000},
        {"memcpy", 0x50000000, HAND_DATA, 1, OBSERVATION_FOREIGN_WRITE, 0x50000000},
        {"memcpy", HAND_DATA, HAND_DATA + 8, IMAGE_PAGE, OBSERVATION_READ_FAULT, 0x4000},
        {"memcpy", HAND_CODE, HAND_DATA, 1, OBSERVATION_FOREIGN_WRITE, HAND_CODE},
        {"memset", HAND_DATA, 0, HUGE, OBSERVATION_FOREIGN_WRITE, 0x4000},
        {"memset", HUGE, 0, HUGE, OBSERVATION_FOREIGN_WRITE, HUGE},
        {"memset", HAND_DATA + 8, 0, UINT64_MAX, OBSERVATION_FOREIGN_WRITE, 0x4000},
        {"memcmp", HAND_DATA, HAND_DATA, UINT64_MAX, OBSERVATION_READ_FAULT, 0x4000},
        {"strlen", 0, 0, 0, OBSERVATION_READ_FAULT, 0},
        {"strlen", ENDLESS, 0, 0, OBSERVATION_READ_FAULT, 0x4000},
        {"strlen", UINT64_MAX, 0, 0, OBSERVATION_READ_FAULT, UINT64_MAX},
        {"strcmp", ENDLESS, ENDLESS, 0, OBSERVATION_READ_FAULT, 0x4000},
        {"strcpy", HAND_DATA, ENDLESS, 0, OBSERVATION_READ_FAULT, 0x4000},
        {"strncpy", STRING_B, STRING_A, HUGE, OBSERVATION_FOREIGN_WRITE, 0x4000},
        {"memchr", HAND_DATA, 'Q', UINT64_MAX, OBSERVATION_READ_FAULT, 0x4000},
        {"strchr", ENDLESS, 'Q', 0, OBSERVATION_READ_FAULT, 0x4000},
        {"__stack_chk_fail", 0, 0, 0, OBSERVATION_STACK_SMASHED, 0},
        {"abort", 0, 0, 0, OBSERVATION_STACK_SMASHED, 0},
        {"printk", 0, 0, 0, OBSERVATION_UNRESOLVED, 0},
        {"__x86_indirect_thunk_rax", 0, 0, 0, OBSERVATION_OUT_OF_BUDGET, 0}, /* of itself */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;
        struct image_import import;

        if (imports_start(&machine, &import, IMAGE_64, rows[i].name, rows[i].a, rows[i].b,
                          rows[i].c, NULL)) {
            for (int again = 0; again < 2; again++) {
                struct observation seen = machine_ask(&machine, MACHINE_CODE);

                if (seen.end != rows[i].end ||
                    (rows[i].fault && seen.fault_address != rows[i].fault))
                    printf("\n    %s: %s, %#llx", rows[i].name, observation_end_text(seen.end),
                           (unsigned long long)seen.fault_address);
                CU_ASSERT_EQUAL(seen.end, rows[i].end);
                CU_ASSERT_TRUE(rows[i].fault == 0 || seen.fault_address == rows[i].fault);
                CU_ASSERT_TRUE(machine_is_as_new(&machine));
            }
        }
        machine_stop(&machine);
    }
}

/* An endless string in 64 MiB of memory: the host's search ends with the call's budget. */
static void test_budget(void) {
    static const char *const names[] = {"strlen", "memchr", "strcmp", "memset"};
    static const size_t size = 64u * 1024 * 1024;
    uint8_t *bytes = malloc(size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    memset(bytes, 'x', size);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct machine machine;
        struct image_import import;

        if (imports_start(&machine, &import, IMAGE_64, names[i], 0x100000, 0x100001, size / 2,
                          NULL)) {
            guest_free(machine.guest);
            machine.hand.segments[1].address = machine.hand.segments[1].own_first = 0x100000;
            machine.hand.segments[1].own_last = 0x100000 + size - 1;
            machine.hand.segments[1].size = size;
            machine.hand.segments[1].bytes = bytes;
            if (machine_start(&machine)) {
                CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_CODE).end, OBSERVATION_OUT_OF_BUDGET);
                CU_ASSERT_TRUE(machine_is_as_new(&machine));
            }
        }
        machine_stop(&machine);
    }
    free(bytes);
}

static void test_stubs(void) {
    static const struct {
        const char *name;
        struct guest_stub stub;
        enum observation_end end;
        uint64_t answer;
    } rows[] = {
        {"printk", {"printk", 0}, OBSERVATION_RETURNED, 0},
        {"boot_cpu_has", {"boot_cpu_has", 0x1234567890}, OBSERVATION_RETURNED, 0x1234567890},
        {"printk", {"printf", 0}, OBSERVATION_UNRESOLVED, 0},
        {"strlen", {"strlen", 99}, OBSERVATION_RETURNED, 99},
        {"abort", {"abort", 5}, OBSERVATION_RETURNED, 5},
        {"__fentry__", {"__fentry__", 6}, OBSERVATION_RETURNED, 6},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;
        struct image_import import;

        if (imports_start(&machine, &import, IMAGE_64, rows[i].name, STRING_A, 0, 0,
                          &rows[i].stub)) {
            struct observation seen = machine_ask(&machine, MACHINE_CODE);

            CU_ASSERT_EQUAL(seen.end, rows[i].end);
            CU_ASSERT_EQUAL(seen.answer, rows[i].answer);
            if (rows[i].end == OBSERVATION_UNRESOLVED) {
                CU_ASSERT_PTR_NOT_NULL_FATAL(seen.end_name);
                CU_ASSERT_STRING_EQUAL(seen.end_name, rows[i].name);
            }
        }
        machine_stop(&machine);
    }
}

/* A number of 64 bits comes back in two registers of 32, the upper half in EDX. */
static void test_wide_stubs(void) {
    static const struct {
        struct guest_stub stub;
        uint64_t upper;
    } rows[] = {
        {{"read_msr", 0}, 0},
        {{"read_msr", 0x1234567890}, 0x12},
        {{"read_msr", (uint64_t)-1}, 0xffffffff},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;
        struct image_import import;

        if (imports_start_for(&machine, &import, IMAGE_32, "read_msr", 1, 2, 3, &rows[i].stub,
                              "edx"))
            CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_CODE).answer, rows[i].upper);
        machine_stop(&machine);
    }
}

/* Undefined data is zero until it is written, and says where it was read; what it points to is
 * nowhere, unless somebody has given it; its address is as good as the function's. */
static void test_data(void) {
    static const struct {
        const char *hex;
        enum { ASSUMED, GIVEN, STATED } given; /* nothing, all of it, or bytes 0x24 to 0x27 */
        enum observation_end end;
        const char *name;
        uint64_t assumed; /* 0: nothing */
    } rows[] = {
        /* mov eax, [DATA + 0x24]; ret */
        {"8b 04 25 24 30 00 00 c3", ASSUMED, OBSERVATION_RETURNED, NULL, HAND_DATA + 0x24},
        {"8b 04 25 24 30 00 00 c3", GIVEN, OBSERVATION_RETURNED, NULL, 0},
        {"8b 04 25 24 30 00 00 c3", STATED, OBSERVATION_RETURNED, NULL, 0},
        {"8b 04 25 28 30 00 00 c3", STATED, OBSERVATION_RETURNED, NULL, HAND_DATA + 0x28},
        /* mov [DATA + 8], ecx; mov eax, [DATA + 8]; ret */
        {"89 0c 25 08 30 00 00 8b 04 25 08 30 00 00 c3", ASSUMED, OBSERVATION_RETURNED, NULL, 0},
        /* call [DATA + 0x18]; ret */
        {"ff 14 25 18 30 00 00 c3", ASSUMED, OBSERVATION_UNDEFINED_DATA, "pv_ops+0x18",
         HAND_DATA + 0x18},
        {"ff 14 25 18 30 00 00 c3", GIVEN, OBSERVATION_FETCH_FAULT, NULL, 0},
        /* mov rax, [DATA]; mov eax, [rax + 8]; ret */
        {"48 8b 04 25 00 30 00 00 8b 40 08 c3", ASSUMED, OBSERVATION_UNDEFINED_DATA, "pv_ops",
         HAND_DATA},
        /* mov rax, [DATA]; mov eax, [0x50000000]; ret */
        {"48 8b 04 25 00 30 00 00 8b 04 25 00 00 00 50 c3", ASSUMED, OBSERVATION_READ_FAULT, NULL,
         HAND_DATA},
        /* mov eax, DATA; call rax; ret */
        {"b8 00 30 00 00 ff d0 c3", ASSUMED, OBSERVATION_UNRESOLVED, "pv_ops", 0},
        /* mov eax, DATA + 1; call rax; ret */
        {"b8 01 30 00 00 ff d0 c3", ASSUMED, OBSERVATION_FETCH_FAULT, NULL, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct image_span stated = {HAND_DATA + 0x24, 4};
        struct machine machine;
        struct image_import import;
        struct observation seen;
        const uint64_t *assumed;
        size_t count;

        if (imports_start(&machine, &import, IMAGE_64, "pv_ops", 0, 0, 0, NULL)) {
            guest_free(machine.guest);
            import.data = machine.hand.image.undefined_first = HAND_DATA;
            machine.hand.image.undefined_last = HAND_DATA + IMAGE_PAGE - 1;
            import.data_size = IMAGE_PAGE;
            memset(machine.hand.data, 0, sizeof machine.hand.data);
            import.is_given = rows[i].given == GIVEN;
            machine.hand.image.stated = &stated;
            machine.hand.image.stated_count = rows[i].given == STATED;
            machine_put(&machine, MACHINE_CODE, rows[i].hex);
            for (int again = 0; again < 2 && (again || machine_start(&machine)); again++) {
                seen = machine_ask(&machine, MACHINE_CODE);
                CU_ASSERT_EQUAL(seen.end, rows[i].end);
                CU_ASSERT_EQUAL(seen.end_name != NULL, rows[i].name != NULL);
                if (rows[i].name && seen.end_name)
                    CU_ASSERT_STRING_EQUAL(seen.end_name, rows[i].name);
                CU_ASSERT_TRUE(machine_is_as_new(&machine));
            }
            count = guest_assumed(machine.guest, &assumed);
            CU_ASSERT_EQUAL(count, rows[i].assumed != 0);
            CU_ASSERT_TRUE(count == 0 || assumed[0] == rows[i].assumed);
        }
        machine_stop(&machine);
    }
}

/* A function that is called by its address, which is in its data, does what it does elsewhere. */
static void test_by_address(void) {
    for (int is_32 = 0; is_32 < 2; is_32++) {
        struct machine machine;
        struct image_import import;

        if (imports_start(&machine, &import, is_32 ? IMAGE_32 : IMAGE_64, "strlen", STRING_A, 0, 0,
                          NULL)) {
            guest_free(machine.guest);
            import.data = machine.hand.image.undefined_first = HAND_DATA;
            machine.hand.image.undefined_last = HAND_DATA + 15;
            import.data_size = 16;
            /* push 0; mov eax, STRING_A in the argument's place; mov eax, DATA; call rax */
            machine_put(&machine, MACHINE_CODE,
                        is_32 ? "68 10 30 00 00 b8 00 30 00 00 ff d0 83 c4 04 c3"
                              : "bf 10 30 00 00 b8 00 30 00 00 ff d0 c3");
            if (machine_start(&machine)) {
                for (int again = 0; again < 2; again++) {
                    struct observation seen = machine_ask(&machine, MACHINE_CODE);

                    CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                    CU_ASSERT_EQUAL(seen.answer, 6);
                    CU_ASSERT_EQUAL(seen.state, 0);
                    CU_ASSERT_TRUE(machine_is_as_new(&machine));
                }
            }
        }
        machine_stop(&machine);
    }
}

static const struct unit_test tests[] = {
    {"Functions of the C library", test_provided},
    {"What they write", test_written},
    {"Wild pointers and lengths", test_hostile},
    {"Long strings cost budget", test_budget},
    {"Stubs", test_stubs},
    {"Stubs of 64 bits in 32-bit code", test_wide_stubs},
    {"Undefined data", test_data},
    {"Functions called by their address", test_by_address},
};

int main(void) {
    return UNIT_RUN(tests);
}
