/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

/* Provided functions beyond those of guest_imports_test.c, called with up to four arguments in
 * 64-bit code: what they return, what they leave at an address, and how they end. */
#define IMPORTS 0x2000u
#define TEXT (HAND_DATA + 0x10u)  /* "one,two;three" */
#define OTHER (HAND_DATA + 0x40u) /* "two" */
#define SET (HAND_DATA + 0x50u)   /* ",;" */
#define ROOM (HAND_DATA + 0x80u)  /* "ab", then zeros */
#define WORD (HAND_DATA + 0xc0u)  /* the address of TEXT */

struct provided_row {
    const char *name;
    uint64_t arguments[4];
    uint64_t answer;
    uint64_t place; /* 0: nothing is looked at */
    const char *bytes;
};

static bool provided_start(struct machine *machine, struct image_import *import,
                           const struct provided_row *row) {
    static const char *const moves[] = {"48 bf", "48 be", "48 ba", "48 b9"}; /* mov reg, imm64 */
    char code[256];
    size_t at = 0;
    uint64_t word = TEXT;

    machine_make(machine, IMAGE_64, "c3");
    *import = (struct image_import){.name = (char *)row->name, .address = IMPORTS};
    machine->hand.image.imports = import;
    machine->hand.image.imports_count = 1;
    machine->hand.image.import_area = IMPORTS;
    machine->hand.image.import_area_size = IMAGE_PAGE;
    memcpy(machine->hand.data + 0x10, "one,two;three", 14);
    memcpy(machine->hand.data + 0x40, "two", 4);
    memcpy(machine->hand.data + 0x50, ",;", 3);
    memcpy(machine->hand.data + 0x80, "ab", 3);
    memcpy(machine->hand.data + 0xc0, &word, sizeof word);
    for (size_t i = 0; i < 4; i++) {
        at += (size_t)sprintf(code + at, "%s", moves[i]);
        for (unsigned byte = 0; byte < 8; byte++)
            at += (size_t)sprintf(code + at, " %02x",
                                  (unsigned)(row->arguments[i] >> 8 * byte & 0xff));
        at += (size_t)sprintf(code + at, " ");
    }
    sprintf(code + at, "b8 00 20 00 00 ff d0 c3"); /* mov eax, IMPORTS; call rax; ret */
    machine_put(machine, MACHINE_CODE, code);
    /* mov rax, [rdi]; ret with the place looked at, as a second question */
    sprintf(code, "48 8b 04 25 %02x %02x 00 00 c3", (unsigned)(row->place & 0xff),
            (unsigned)(row->place >> 8 & 0xff));
    machine_put(machine, MACHINE_CODE + 0x80, code);
    CU_ASSERT_TRUE(guest_place_parse("rax", IMAGE_64, &machine->setup.answer));
    return machine_start(machine);
}

static void test_strings(void) {
    static const struct provided_row rows[] = {
        {"mempcpy", {ROOM, TEXT, 3, 0}, ROOM + 3, ROOM, "one"},
        {"bcopy", {TEXT, ROOM, 3, 0}, ROOM, ROOM, "one"},
        {"memccpy", {ROOM, TEXT, ',', 13}, ROOM + 4, ROOM, "one,"},
        {"memccpy", {ROOM, TEXT, 'Z', 3}, 0, ROOM, "one"},
        {"bzero", {TEXT, 2, 0, 0}, TEXT, TEXT, "\0\0e,two;"},
        {"__memset_chk", {ROOM, 'z', 2, 2}, ROOM, ROOM, "zz"},
        {"stpcpy", {ROOM, OTHER, 0, 0}, ROOM + 3, ROOM, "two"},
        {"__strcpy_chk", {ROOM, OTHER, 4, 0}, ROOM, ROOM, "two"},
        {"stpncpy", {ROOM, OTHER, 8, 0}, ROOM + 3, ROOM, "two"},
        {"stpncpy", {ROOM, OTHER, 2, 0}, ROOM + 2, ROOM, "tw"},
        {"strcat", {ROOM, OTHER, 0, 0}, ROOM, ROOM, "abtwo\0\0"},
        {"strncat", {ROOM, OTHER, 1, 0}, ROOM, ROOM, "abt"},
        {"strlcpy", {ROOM, OTHER, 3, 0}, 3, ROOM, "tw"},
        {"strlcpy", {ROOM, OTHER, 0, 0}, 3, ROOM, "ab"},
        {"strlcat", {ROOM, OTHER, 4, 0}, 5, ROOM, "abt"},
        {"strlcat", {ROOM, OTHER, 2, 0}, 5, ROOM, "ab"},
        {"strrchr", {TEXT, 'e', 0, 0}, TEXT + 12, 0, NULL},
        {"strchrnul", {TEXT, 'Z', 0, 0}, TEXT + 13, 0, NULL},
        {"memrchr", {TEXT, 'o', 8, 0}, TEXT + 6, 0, NULL},
        {"rawmemchr", {TEXT, ';', 0, 0}, TEXT + 7, 0, NULL},
        {"strstr", {TEXT, OTHER, 0, 0}, TEXT + 4, 0, NULL},
        {"strstr", {OTHER, TEXT, 0, 0}, 0, 0, NULL},
        {"strpbrk", {TEXT, SET, 0, 0}, TEXT + 3, 0, NULL},
        {"memmem", {TEXT, 13, OTHER, 3}, TEXT + 4, 0, NULL},
        {"memmem", {TEXT, 6, OTHER, 3}, 0, 0, NULL},
        {"strcspn", {TEXT, SET, 0, 0}, 3, 0, NULL},
        {"strspn", {SET, SET, 0, 0}, 2, 0, NULL},
        {"strtok", {TEXT, SET, 0, 0}, TEXT, TEXT, "one\0two;"},
        {"strtok_r", {TEXT, SET, ROOM, 0}, TEXT, ROOM, "\x14\x30\0\0\0\0\0\0"},
        {"strsep", {WORD, SET, 0, 0}, TEXT, WORD, "\x14\x30\0\0\0\0\0\0"},
        {"strcoll", {TEXT, OTHER, 0, 0}, (uint64_t)-1, 0, NULL},
        {"__cxa_guard_acquire", {ROOM + 8, 0, 0, 0}, 1, 0, NULL},
        {"__cxa_guard_acquire", {ROOM, 0, 0, 0}, 0, 0, NULL},
        {"__cxa_guard_release", {ROOM + 8, 0, 0, 0}, 0, ROOM + 8, "\1"},
        {"__cxa_atexit", {0, 0, 0, 0}, 0, 0, NULL},
        {"free", {0, 0, 0, 0}, 0, 0, NULL},
        {"malloc", {UINT64_MAX, 0, 0, 0}, 0, 0, NULL},
        {"calloc", {UINT64_MAX / 2, 4, 0, 0}, 0, 0, NULL},
        {"posix_memalign", {ROOM, 3, 8, 0}, 22, ROOM, "ab"},
        {"pthread_once", {ROOM, IMPORTS, 0, 0}, 0, ROOM, "ab"}, /* done already */
        /* Numbers of two words: the lower one comes first. */
        {"__udivti3", {0, 7, 2, 0}, 1ull << 63, 0, NULL},
        {"__umodti3", {5, 1, 0, 1}, 5, 0, NULL},
        {"__divti3", {(uint64_t)-9, UINT64_MAX, 2, 0}, (uint64_t)-4, 0, NULL},
        {"__modti3", {(uint64_t)-9, UINT64_MAX, 2, 0}, (uint64_t)-1, 0, NULL},
        {"__multi3", {1ull << 63, 0, 6, 0}, 0, 0, NULL},
        {"__multi3", {7, 9, 6, 1}, 42, 0, NULL},
        {"__ashlti3", {1, 0, 63, 0}, 1ull << 63, 0, NULL},
        {"__lshrti3", {0, 6, 65, 0}, 3, 0, NULL},
        {"__ashrti3", {0, UINT64_MAX - 1, 65, 0}, UINT64_MAX, 0, NULL},
        {"__udivdi3", {100, 7, 0, 0}, 14, 0, NULL},
        {"__popcountdi2", {0xf00000000000000f, 0, 0, 0}, 8, 0, NULL},
        {"__popcountsi2", {0xf00000000000000f, 0, 0, 0}, 4, 0, NULL},
        {"__clzsi2", {0x10000, 0, 0, 0}, 15, 0, NULL},
        {"__ctzdi2", {1ull << 40, 0, 0, 0}, 40, 0, NULL},
        {"__ffsdi2", {0, 0, 0, 0}, 0, 0, NULL},
        {"__ffsdi2", {8, 0, 0, 0}, 4, 0, NULL},
        {"__paritysi2", {7, 0, 0, 0}, 1, 0, NULL},
        {"__addvsi3", {(uint64_t)-5, 3, 0, 0}, (uint64_t)-2, 0, NULL},
        {"__subvdi3", {1ull << 63, (uint64_t)-1, 0, 0}, (1ull << 63) + 1, 0, NULL},
        {"__mulvdi3", {(uint64_t)-3, 1ull << 60, 0, 0}, (uint64_t)-3 << 60, 0, NULL},
        {"__negvsi2", {7, 0, 0, 0}, (uint64_t)-7, 0, NULL},
        {"__absvdi2", {(uint64_t)-7, 0, 0, 0}, 7, 0, NULL},
        {"__mulosi4", {0x10000, 0x8000, ROOM, 0}, 1ull << 31, ROOM, "\1\0\0\0"},
        {"__mulosi4", {0x10000, 0x7fff, ROOM, 0}, 0x7fff0000, ROOM, "\0\0\0\0\0\0\0\0"},
        {"__bswapdi2", {0x0102030405060708, 0, 0, 0}, 0x0807060504030201, 0, NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static const uint32_t both[] = {MACHINE_CODE, MACHINE_CODE + 0x80};
        struct machine machine;
        struct image_import import;
        struct observation seen[2];
        uint64_t expected = 0;

        if (provided_start(&machine, &import, &rows[i])) {
            machine_ask_all(&machine, both, rows[i].place ? 2 : 1, seen);
            if (seen[0].end != OBSERVATION_RETURNED || seen[0].answer != rows[i].answer)
                printf("\n    %s (%zu): %s, %#llx", rows[i].name, i,
                       observation_end_text(seen[0].end), (unsigned long long)seen[0].answer);
            CU_ASSERT_EQUAL(seen[0].end, OBSERVATION_RETURNED);
            CU_ASSERT_EQUAL(seen[0].answer, rows[i].answer);
            CU_ASSERT_EQUAL(seen[0].state, 0);
            if (rows[i].place) {
                size_t size =
                    strlen(rows[i].bytes) < 5 && rows[i].bytes[0] ? strlen(rows[i].bytes) : 8;

                memcpy(&expected, rows[i].bytes, size);
                if (memcmp(&seen[1].answer, &expected, size) != 0)
                    printf("\n    %s (%zu) left %#llx", rows[i].name, i,
                           (unsigned long long)seen[1].answer);
                CU_ASSERT_EQUAL(memcmp(&seen[1].answer, &expected, size), 0);
            }
            CU_ASSERT_TRUE(machine_is_as_new(&machine));
        }
        machine_stop(&machine);
    }
}

/* What aborts, and what the C library's checks find. */
static void test_aborts(void) {
    static const struct provided_row rows[] = {
        {"__assert_fail", {0, 0, 0, 0}, 0, 0, NULL},
        {"__memcpy_chk", {ROOM, TEXT, 4, 3}, 0, 0, NULL},
        {"__strcpy_chk", {ROOM, OTHER, 3, 0}, 0, 0, NULL},
        {"__strcat_chk", {ROOM, OTHER, 5, 0}, 0, 0, NULL},
        {"free", {TEXT, 0, 0, 0}, 0, 0, NULL},
        {"realloc", {TEXT, 8, 0, 0}, 0, 0, NULL},
        {"_ZdlPv", {TEXT, 0, 0, 0}, 0, 0, NULL},
        {"_Znwm", {UINT64_MAX, 0, 0, 0}, 0, 0, NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine machine;
        struct image_import import;

        if (provided_start(&machine, &import, &rows[i])) {
            struct observation seen = machine_ask(&machine, MACHINE_CODE);

            CU_ASSERT_EQUAL(seen.end, OBSERVATION_STACK_SMASHED);
            CU_ASSERT_PTR_NOT_NULL(seen.end_name);
            CU_ASSERT_TRUE(machine_is_as_new(&machine));
        }
        machine_stop(&machine);
    }
}

/* As the processor's own division does. */
static void test_division_by_zero(void) {
    static const struct provided_row row = {"__udivti3", {1, 0, 0, 0}, 0, 0, NULL};
    struct machine machine;
    struct image_import import;

    if (provided_start(&machine, &import, &row)) {
        CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_CODE).end, OBSERVATION_UNDEFINED);
        CU_ASSERT_TRUE(machine_is_as_new(&machine));
    }
    machine_stop(&machine);
}

/* Data behind a segment register, by its symbol: its own bytes, put back in each boot, and with
 * what the image may do there. */
#define SEGMENT_DATA 0x10003000u
static void test_segment(void) {
    static const struct {
        enum image_mode mode;
        const char *hex;
        enum observation_end end;
    } rows[] = {
        /* incl gs:[SEGMENT_DATA]; mov eax, [SEGMENT_DATA]; ret; and of fs in 32-bit code */
        {IMAGE_64, "65 ff 04 25 00 30 00 10 8b 04 25 00 30 00 10 c3", OBSERVATION_RETURNED},
        {IMAGE_32, "64 ff 05 00 30 00 10 a1 00 30 00 10 c3", OBSERVATION_RETURNED},
        /* movl $1, gs:[HAND_CODE]: code is not there */
        {IMAGE_64, "65 c7 04 25 00 10 00 00 01 00 00 00 c3", OBSERVATION_FOREIGN_WRITE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine machine;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        machine.hand.data[0] = 41;
        machine.hand.segments[1].address = machine.hand.segments[1].own_first = SEGMENT_DATA;
        machine.hand.segments[1].own_last = SEGMENT_DATA + IMAGE_PAGE - 1;
        for (unsigned boot = 0; boot < 2 && (boot > 0 || machine_start(&machine)); boot++) {
            struct observation seen = machine_ask(&machine, MACHINE_CODE);

            CU_ASSERT_EQUAL(seen.end, rows[i].end);
            if (rows[i].end == OBSERVATION_RETURNED)
                CU_ASSERT_EQUAL(seen.answer, 42);
            CU_ASSERT_EQUAL(seen.state, 0);
        }
        CU_ASSERT_TRUE(machine_is_as_new(&machine));
        machine_stop(&machine);
    }
}

/* mov edi, SIZE; call malloc; ret: pieces do not overlap, are aligned, and are the same in each
 * boot; when all is taken there is no more. */
static void test_heap(void) {
    static const struct provided_row row = {"malloc", {0x4000, 0, 0, 0}, 0, 0, NULL};
    struct machine machine;
    struct image_import import;
    uint32_t asks[GUEST_BOOT_JOBS];
    struct observation seen[GUEST_BOOT_JOBS], again;

    for (size_t i = 0; i < GUEST_BOOT_JOBS; i++)
        asks[i] = MACHINE_CODE;
    if (provided_start(&machine, &import, &row)) {
        machine_ask_all(&machine, asks, GUEST_BOOT_JOBS, seen);
        for (size_t i = 0; i < GUEST_BOOT_JOBS; i++) {
            CU_ASSERT_EQUAL(seen[i].end, OBSERVATION_RETURNED);
            CU_ASSERT_EQUAL(seen[i].answer, seen[0].answer + i * 0x4000);
        }
        CU_ASSERT_EQUAL(seen[0].answer % 16, 0);
        again = machine_ask(&machine, MACHINE_CODE);
        CU_ASSERT_EQUAL(again.answer, seen[0].answer);
        CU_ASSERT_TRUE(machine_is_as_new(&machine));
    }
    machine_stop(&machine);
}

/* The thread's block: pointers to itself, room above, and what compilers know of it is not written.
 */
static void test_thread(void) {
    static const struct {
        const char *hex;
        unsigned state;
        uint64_t answer; /* 0: the block's address, less 0 */
    } rows[] = {
        /* mov rax, fs:[0x10]; sub rax, fs:[0]; inc eax; ret */
        {"64 48 8b 04 25 10 00 00 00 64 48 2b 04 25 00 00 00 00 ff c0 c3", 0, 1},
        /* mov dword fs:[0x100], 5; mov eax, fs:[0x100]; ret */
        {"64 c7 04 25 00 01 00 00 05 00 00 00 64 8b 04 25 00 01 00 00 c3", 0, 5},
        /* the same, and mov dword fs:[0x28], 5 */
        {"64 c7 04 25 00 01 00 00 05 00 00 00 64 c7 04 25 28 00 00 00 05 00 00 00 b8 05 00 00 00 "
         "c3",
         OBSERVATION_WROTE_FOREIGN, 5},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i].hex);
        if (machine_start(&machine)) {
            for (int again = 0; again < 2; again++) {
                struct observation seen = machine_ask(&machine, MACHINE_CODE);

                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.state, rows[i].state);
                CU_ASSERT_EQUAL(seen.answer, rows[i].answer);
                CU_ASSERT_TRUE(machine_is_as_new(&machine));
            }
        }
        machine_stop(&machine);
    }
}

/* Instructions that a setup permits. */
static void test_permits(void) {
    static const struct {
        enum image_mode mode;
        const char *hex;
        struct guest_permit permit;
        enum observation_end end;
        uint64_t answer;
    } rows[] = {
        /* mov eax, 7; cli; sti; ret */
        {IMAGE_64, "b8 07 00 00 00 fa fb c3", {"cli", GUEST_ALLOWS, 0}, OBSERVATION_FORBIDDEN, 0},
        /* mov eax, 7; pushf; cli; popf; ret */
        {IMAGE_64, "b8 07 00 00 00 9c fa 9d c3", {"cli", GUEST_ALLOWS, 0}, OBSERVATION_RETURNED, 7},
        {IMAGE_64, "b8 07 00 00 00 fa c3", {"cli", GUEST_IGNORES, 0}, OBSERVATION_RETURNED, 7},
        {IMAGE_64, "b8 07 00 00 00 fa c3", {"cli", GUEST_FAULTS, 0}, OBSERVATION_FORBIDDEN, 0},
        {IMAGE_32, "b8 07 00 00 00 0f 30 c3", {"wrmsr", GUEST_IGNORES, 0}, OBSERVATION_RETURNED, 7},
        /* rdmsr; add eax, edx; ret */
        {IMAGE_64,
         "0f 32 01 d0 c3",
         {"rdmsr", GUEST_ANSWERS, 0x200000010},
         OBSERVATION_RETURNED,
         0x12},
        {IMAGE_32,
         "0f 32 01 d0 c3",
         {"rdmsr", GUEST_ANSWERS, 0x200000010},
         OBSERVATION_RETURNED,
         0x12},
        /* mov eax, 0x11223344; in al, dx; ret, and in ax, dx, and in eax, dx */
        {IMAGE_64,
         "b8 44 33 22 11 ec c3",
         {"in", GUEST_ANSWERS, 0x99aabbff},
         OBSERVATION_RETURNED,
         0x112233ff},
        {IMAGE_64,
         "b8 44 33 22 11 66 ed c3",
         {"in", GUEST_ANSWERS, 0x99aabbff},
         OBSERVATION_RETURNED,
         0x1122bbff},
        {IMAGE_32,
         "b8 44 33 22 11 ed c3",
         {"in", GUEST_ANSWERS, 0x99aabbff},
         OBSERVATION_RETURNED,
         0x99aabbff},
        {IMAGE_64, "b8 07 00 00 00 e6 80 c3", {"out", GUEST_IGNORES, 0}, OBSERVATION_RETURNED, 7},
        {IMAGE_64, "b8 07 00 00 00 cd 10 c3", {"int", GUEST_IGNORES, 0}, OBSERVATION_RETURNED, 7},
        {IMAGE_64, "b8 07 00 00 00 f4 c3", {"hlt", GUEST_IGNORES, 0}, OBSERVATION_RETURNED, 7},
        /* mov rax, cr4; ret; mov r9, cr0; mov eax, r9d; ret */
        {IMAGE_64, "0f 20 e0 c3", {"cr", GUEST_ANSWERS, 0x55}, OBSERVATION_RETURNED, 0x55},
        {IMAGE_64,
         "41 0f 20 c1 44 89 c8 c3",
         {"cr", GUEST_ANSWERS, 0x55},
         OBSERVATION_RETURNED,
         0x55},
        {IMAGE_64,
         "b8 07 00 00 00 0f 22 e0 c3",
         {"cr", GUEST_ANSWERS, 0x55},
         OBSERVATION_RETURNED,
         7},
        {IMAGE_64,
         "b8 07 00 00 00 0f 01 cb c3",
         {"stac", GUEST_ALLOWS, 0},
         OBSERVATION_RETURNED,
         7},
        {IMAGE_64, "0f 01 c1 c3", {"vmcall", GUEST_ANSWERS, 9}, OBSERVATION_RETURNED, 9},
        /* mov eax, ss; push rax; lea rax, [rsp+8]; push rax; pushfq; or byte [rsp], 1; mov eax, cs;
         * push rax; lea rax, [rip+3]; push rax; iretq; hlt; setc al; movzx eax, al; ret */
        {IMAGE_64,
         "8c d0 50 48 8d 44 24 08 50 9c 80 0c 24 01 8c c8 50 48 8d 05 04 00 00 00 50 48 cf f4 0f "
         "92 "
         "c0 0f b6 c0 c3",
         {"iret", GUEST_ALLOWS, 0},
         OBSERVATION_RETURNED,
         1},
        /* pushfd; push cs; call +1; hlt; add dword [esp], 8; iretd; hlt; mov eax, 7; ret */
        {IMAGE_32,
         "9c 0e e8 01 00 00 00 f4 83 04 24 08 cf f4 f4 b8 07 00 00 00 c3",
         {"iret", GUEST_ALLOWS, 0},
         OBSERVATION_RETURNED,
         7},
        /* Into another segment: pushfd; push 0; push 0; iretd; and one step at a time: pushfd; or
         * byte [esp+1], 1; push cs; push 0; iretd */
        {IMAGE_32, "9c 6a 00 6a 00 cf", {"iret", GUEST_ALLOWS, 0}, OBSERVATION_FORBIDDEN, 0},
        {IMAGE_32,
         "9c 80 4c 24 01 01 0e 6a 00 cf",
         {"iret", GUEST_ALLOWS, 0},
         OBSERVATION_FORBIDDEN,
         0},
        {IMAGE_64, "31 e4 48 cf", {"iret", GUEST_ALLOWS, 0}, OBSERVATION_READ_FAULT, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine machine;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        machine.setup.permits = &rows[i].permit;
        machine.setup.permits_count = 1;
        if (machine_start(&machine)) {
            struct observation seen = machine_ask(&machine, MACHINE_CODE);

            if (seen.end != rows[i].end || seen.answer != rows[i].answer)
                printf("\n    %s: %s (%s), %#llx", rows[i].hex, observation_end_text(seen.end),
                       seen.end_name ? seen.end_name : "-", (unsigned long long)seen.answer);
            CU_ASSERT_EQUAL(seen.end, rows[i].end);
            CU_ASSERT_EQUAL(seen.answer, rows[i].answer);
            CU_ASSERT_EQUAL(seen.state, 0);
            CU_ASSERT_TRUE(machine_is_as_new(&machine));
        }
        machine_stop(&machine);
    }
}

/* The words that are offered make sense. */
static void test_permit_words(void) {
    const char *const *names, *word;
    size_t count = guest_permit_names(&names);

    CU_ASSERT_TRUE(count > 20);
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_PTR_NOT_NULL(guest_permit_advice(names[i], &word));
        CU_ASSERT_STRING_EQUAL(word, names[i]);
        CU_ASSERT_TRUE(guest_permit_can(names[i], GUEST_FAULTS));
        /* Behind a way back there is nothing to go on with. */
        CU_ASSERT_EQUAL(guest_permit_can(names[i], GUEST_IGNORES), strcmp(names[i], "iret") != 0);
    }
    CU_ASSERT_FALSE(guest_permit_can("out", GUEST_ANSWERS));
    CU_ASSERT_FALSE(guest_permit_can("cpuid", GUEST_IGNORES));
    CU_ASSERT_PTR_NULL(guest_permit_advice("ud2", &word));
    CU_ASSERT_STRING_EQUAL(guest_permit_advice("mov cr", &word), "allow");
    CU_ASSERT_STRING_EQUAL(word, "cr");
}

static const struct unit_test tests[] = {
    {"Strings, guards and once functions", test_strings},
    {"What aborts", test_aborts},
    {"Memory is taken in order, and is bounded", test_heap},
    {"The thread's block", test_thread},
    {"Division by zero", test_division_by_zero},
    {"Data behind a segment register", test_segment},
    {"Permitted instructions", test_permits},
    {"The words that permit them", test_permit_words},
};

int main(void) {
    return UNIT_RUN(tests);
}
