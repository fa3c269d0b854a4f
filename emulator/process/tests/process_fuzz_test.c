/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Hostile programs: each makes system calls of random numbers with arguments that are likely to
 * hurt, and then runs into whatever it made of itself. None of them crashes the harness, leaves a
 * descriptor of the host's open, or shows anything else when it is run again from its kept state.
 */
#include "base/random.h"
#include "base/tests/unit.h"
#include "emulator/process/system.h"

#include <dirent.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FUZZ_PROGRAMS 80u /* of each kind */
#define FUZZ_CALLS 48u
#define FUZZ_BUDGET 400000u
#define FUZZ_BASE 0x400000ull
#define FUZZ_CODE 0x200u  /* offsets in the file, which is one writable and executable segment */
#define FUZZ_NEXT 0x3f0u  /* of i386 programs: where the next call's row is */
#define FUZZ_TABLE 0x400u /* of calls: a number and six arguments each */
#define FUZZ_PATHS 0x1000u
#define FUZZ_BUFFER 0x2000u /* random words, pointers among them */
#define FUZZ_SIZE 0x4000u

/* Code that writes itself makes the engine lose a few hundred bytes, which is not ours to mend. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libunicorn";
}

static const char *const fuzz_paths[] = {"/etc/passwd", "../../../../etc/passwd", "/proc/self/mem",
                                         "/dev/null",   "/proc/self/exe",         "/",
                                         ".",           "/dev/urandom",           ""};
#define FUZZ_PATHS_COUNT (sizeof fuzz_paths / sizeof *fuzz_paths)
#define FUZZ_PATH_ROOM 32u

/* Mostly of those that there are. Calls that end the program at once leave nothing to look at. */
static uint64_t fuzz_number(enum image_mode mode, uint64_t *draws) {
    static const struct {
        const struct system_call *calls;
        const size_t *count;
    } families[] = {
        {system_files, &system_files_count},     {system_stats, &system_stats_count},
        {system_memory, &system_memory_count},   {system_threads, &system_threads_count},
        {system_times, &system_times_count},     {system_identity, &system_identity_count},
        {system_events, &system_events_count},   {system_waits, &system_waits_count},
        {system_signals, &system_signals_count}, {system_segments, &system_segments_count},
    };
    uint64_t draw = random_next(draws);
    size_t family = (draw >> 8) % (sizeof families / sizeof *families);
    const struct system_call *call =
        &families[family].calls[(draw >> 16) % *families[family].count];

    if (draw % 16 == 0)
        return draw >> 16;
    if (strncmp(call->name, "exit", 4) == 0)
        return fuzz_number(mode, draws);
    return mode == IMAGE_32 ? call->number_i386 : call->number;
}

static uint64_t fuzz_argument(uint64_t *draws) {
    static const uint64_t numbers[] = {0,
                                       1,
                                       2,
                                       3,
                                       4,
                                       5,
                                       7,
                                       8,
                                       16,
                                       4095,
                                       4096,
                                       4097,
                                       0x10000,
                                       0x7fffffff,
                                       0x80000000,
                                       ~0ull,
                                       1ull << 32,
                                       1ull << 62,
                                       1ull << 63,
                                       0x800000000,
                                       0xfffffffffffff000,
                                       0x7f0000000000,
                                       0x7f03fffff000,
                                       0x7ffffffff000,
                                       0x60000000,
                                       0xeffff000,
                                       FUZZ_BASE - 1,
                                       FUZZ_BASE + FUZZ_SIZE - 1};
    uint64_t draw = random_next(draws), random = draw >> 16;

    switch (draw % 5) {
    case 0:
        return FUZZ_BASE + FUZZ_BUFFER + random % (FUZZ_SIZE - FUZZ_BUFFER);
    case 1:
        return (FUZZ_BASE + FUZZ_BUFFER + random % (FUZZ_SIZE - FUZZ_BUFFER)) & ~15ull;
    case 2:
        return FUZZ_BASE + FUZZ_PATHS + random % FUZZ_PATHS_COUNT * FUZZ_PATH_ROOM;
    case 3:
        return random & 127;
    default:
        return numbers[random % (sizeof numbers / sizeof *numbers)];
    }
}

/* push rax; mov eax, 0x40000000; xor ecx, ecx; cpuid; mov rbx, table; mov ebp, calls; then, for
 * each, the arguments loaded; syscall; add rbx, 56; dec ebp; jnz; mov edi, 0; mov eax, 231; syscall
 */
static void fuzz_begin_wide(uint8_t file[FUZZ_SIZE]) {
    static const uint8_t code[] = {
        0x50, 0xb8, 0x00, 0x00, 0x00, 0x40, 0x31,       0xc9, 0x0f, 0xa2, 0x48, 0xc7,
        0xc3, 0x00, 0x04, 0x40, 0x00, 0xbd, FUZZ_CALLS, 0x00, 0x00, 0x00, 0x48, 0x8b,
        0x03, 0x48, 0x8b, 0x7b, 0x08, 0x48, 0x8b,       0x73, 0x10, 0x48, 0x8b, 0x53,
        0x18, 0x4c, 0x8b, 0x53, 0x20, 0x4c, 0x8b,       0x43, 0x28, 0x4c, 0x8b, 0x4b,
        0x30, 0x0f, 0x05, 0x48, 0x83, 0xc3, 0x38,       0xff, 0xcd, 0x75, 0xdb, 0xbf,
        0x00, 0x00, 0x00, 0x00, 0xb8, 0xe7, 0x00,       0x00, 0x00, 0x0f, 0x05};
    const Elf64_Ehdr header = {
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_entry = FUZZ_BASE + FUZZ_CODE,
        .e_phoff = sizeof header,
        .e_ehsize = sizeof header,
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 1};
    const Elf64_Phdr segment = {.p_type = PT_LOAD,
                                .p_flags = PF_R | PF_W | PF_X,
                                .p_vaddr = FUZZ_BASE,
                                .p_filesz = FUZZ_SIZE,
                                .p_memsz = FUZZ_SIZE,
                                .p_align = 0x1000};

    memcpy(file, &header, sizeof header);
    memcpy(file + sizeof header, &segment, sizeof segment);
    memcpy(file + FUZZ_CODE, code, sizeof code);
}

/* push eax; mov eax, 0x40000000; xor ecx, ecx; cpuid; then, for each, mov eax, [next]; add [next],
 * 28; the arguments loaded; int 0x80; cmp [next], end; jne; xor ebx, ebx; mov eax, 252; int 0x80 */
static void fuzz_begin_narrow(uint8_t file[FUZZ_SIZE]) {
    enum { END = FUZZ_TABLE + FUZZ_CALLS * 28 };
    static const uint8_t code[] = {
        0x50, 0xb8, 0x00, 0x00, 0x00, 0x40, 0x31, 0xc9, 0x0f, 0xa2, 0xa1, 0xf0,       0x03,
        0x40, 0x00, 0x83, 0x05, 0xf0, 0x03, 0x40, 0x00, 0x1c, 0x8b, 0x58, 0x04,       0x8b,
        0x48, 0x08, 0x8b, 0x50, 0x0c, 0x8b, 0x70, 0x10, 0x8b, 0x78, 0x14, 0x8b,       0x68,
        0x18, 0x8b, 0x00, 0xcd, 0x80, 0x81, 0x3d, 0xf0, 0x03, 0x40, 0x00, END & 0xff, END >> 8,
        0x40, 0x00, 0x75, 0xd2, 0x31, 0xdb, 0xb8, 0xfc, 0x00, 0x00, 0x00, 0xcd,       0x80};
    const uint32_t next = FUZZ_BASE + FUZZ_TABLE;
    const Elf32_Ehdr header = {
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_386,
        .e_version = EV_CURRENT,
        .e_entry = FUZZ_BASE + FUZZ_CODE,
        .e_phoff = sizeof header,
        .e_ehsize = sizeof header,
        .e_phentsize = sizeof(Elf32_Phdr),
        .e_phnum = 1};
    const Elf32_Phdr segment = {.p_type = PT_LOAD,
                                .p_flags = PF_R | PF_W | PF_X,
                                .p_vaddr = FUZZ_BASE,
                                .p_filesz = FUZZ_SIZE,
                                .p_memsz = FUZZ_SIZE,
                                .p_align = 0x1000};

    memcpy(file, &header, sizeof header);
    memcpy(file + sizeof header, &segment, sizeof segment);
    memcpy(file + FUZZ_CODE, code, sizeof code);
    memcpy(file + FUZZ_NEXT, &next, sizeof next);
}

static void fuzz_fill(enum image_mode mode, uint8_t file[FUZZ_SIZE], uint64_t *draws) {
    const size_t word = mode == IMAGE_32 ? 4 : 8;

    memset(file, 0, FUZZ_SIZE);
    if (mode == IMAGE_32)
        fuzz_begin_narrow(file);
    else
        fuzz_begin_wide(file);
    for (unsigned i = 0; i < FUZZ_CALLS; i++) {
        for (unsigned k = 0; k < 7; k++) {
            uint64_t value = k == 0 ? fuzz_number(mode, draws) : fuzz_argument(draws);

            memcpy(file + FUZZ_TABLE + (i * 7 + k) * word, &value, word);
        }
    }
    for (size_t i = 0; i < FUZZ_PATHS_COUNT; i++)
        strcpy((char *)file + FUZZ_PATHS + i * FUZZ_PATH_ROOM, fuzz_paths[i]);
    for (unsigned at = FUZZ_BUFFER; at < FUZZ_SIZE; at += word) {
        uint64_t value = fuzz_argument(draws);

        memcpy(file + at, &value, word);
    }
}

static bool fuzz_write(const char *path, const uint8_t file[FUZZ_SIZE]) {
    FILE *stream = fopen(path, "wb");
    bool done = stream && fwrite(file, FUZZ_SIZE, 1, stream) == 1;

    return stream && fclose(stream) == 0 && done && chmod(path, 0755) == 0;
}

static unsigned fuzz_open_descriptors(void) {
    DIR *folder = opendir("/proc/self/fd");
    unsigned count = 0;

    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

/* Under a signature that nobody looks at. */
static struct observation fuzz_run(struct process *process, uint32_t signature, char **output) {
    const struct cpuid_table table = {.present = true, .base = {0x40000010, signature, 2, 3}};
    const struct guest_job job = {.table = &table, .target = 0x40000010};
    struct observation seen = {.end = OBSERVATION_HARNESS_FAILURE};

    CU_ASSERT_EQUAL(process_run(process, &job, 1, &seen), 1);
    *output = strdup(process_output(process));
    return seen;
}

static void fuzz_compare(struct process *process, unsigned number,
                         unsigned ends[OBSERVATION_ENDS]) {
    char *texts[3];
    struct observation first = fuzz_run(process, 1, &texts[0]);
    char name[256];

    snprintf(name, sizeof name, "%s", first.end_name ? first.end_name : "");
    ends[first.end]++;
    if (first.end == OBSERVATION_HARNESS_FAILURE)
        printf("\nprogram %u: %s\n", number, name);
    CU_ASSERT_NOT_EQUAL(first.end, OBSERVATION_HARNESS_FAILURE);
    for (uint32_t i = 1; i < 3; i++) {
        struct observation again = fuzz_run(process, 1 + i, &texts[i]);

        if (again.end != first.end || again.cost != first.cost)
            printf("\nprogram %u: %s, then %s\n", number, observation_end_text(first.end),
                   observation_end_text(again.end));
        CU_ASSERT_EQUAL(again.end, first.end);
        CU_ASSERT_EQUAL(again.cost, first.cost);
        CU_ASSERT_EQUAL(again.answer, first.answer);
        CU_ASSERT_EQUAL(again.end_address, first.end_address);
        CU_ASSERT_STRING_EQUAL(again.end_name ? again.end_name : "", name);
        CU_ASSERT_STRING_EQUAL(texts[i], texts[0]);
    }
    for (unsigned i = 0; i < 3; i++)
        free(texts[i]);
}

static void fuzz_system_calls(enum image_mode mode) {
    static const char path[] = HVSPEC_TEST_BINARY "/process-fuzz.bin";
    static const char root[] = HVSPEC_TEST_BINARY "/process-fuzz-root";
    static const char *const arguments[] = {"fuzz", PROCESS_TARGET};
    const struct process_start start = {
        .path = path, .sysroot = root, .arguments = arguments, .arguments_count = 2};
    const struct guest_setup setup = {.budget = FUZZ_BUDGET, .process = &start};
    const unsigned open_before = fuzz_open_descriptors();
    unsigned ends[OBSERVATION_ENDS] = {0};
    static uint8_t file[FUZZ_SIZE];
    uint64_t draws = 1;

    mkdir(root, 0777);
    for (unsigned i = 0; i < FUZZ_PROGRAMS; i++) {
        struct errors errors = {0};
        struct image *image;
        struct process *process = NULL;

        fuzz_fill(mode, file, &draws);
        CU_ASSERT_TRUE_FATAL(fuzz_write(path, file));
        image = image_load_elf(path, &errors);
        if (image)
            process = process_new(image, &setup, &errors);
        errors_print(&errors, "", stdout);
        errors_clear(&errors);
        CU_ASSERT_PTR_NOT_NULL(process);
        if (process)
            fuzz_compare(process, i, ends);
        process_free(process);
        image_free(image);
    }
    CU_ASSERT_EQUAL(fuzz_open_descriptors(), open_before);
    CU_ASSERT_TRUE(ends[OBSERVATION_RETURNED] > FUZZ_PROGRAMS / 8);
    unlink(path);
    rmdir(root);
}

static void test_wide(void) {
    fuzz_system_calls(IMAGE_64);
}

static void test_narrow(void) {
    fuzz_system_calls(IMAGE_32);
}

static const struct unit_test tests[] = {
    {"Random system calls, x86-64", test_wide},
    {"Random system calls, i386", test_narrow},
};

int main(void) {
    return UNIT_RUN(tests);
}
