/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/tests/image_fixture.h"

#include <elf.h>
#include <stddef.h>
#include <stdlib.h>

/*
 * Broken files: each mistake is one line that names it, and no file whatsoever crashes the loader
 * (the sanitize preset watches). Files are good fixtures with bytes changed.
 */
#define BROKEN_PATH HVSPEC_TEST_BINARY "/broken.elf"

struct file {
    uint8_t *bytes; /* owned */
    size_t size;
};

static struct file file_read(const char *path) {
    struct file file = {0};
    FILE *stream = fopen(path, "rb");
    long size;

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL_FATAL(fseek(stream, 0, SEEK_END), 0);
    size = ftell(stream);
    rewind(stream);
    CU_ASSERT_TRUE_FATAL(size > 0);
    file.bytes = malloc((size_t)size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file.bytes);
    file.size = fread(file.bytes, 1, (size_t)size, stream);
    CU_ASSERT_EQUAL(file.size, (size_t)size);
    fclose(stream);
    return file;
}

static void file_write(const uint8_t *bytes, size_t size) {
    FILE *stream;

    remove(BROKEN_PATH); /* truncating a file instead can wait for the disk */
    stream = fopen(BROKEN_PATH, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, size, stream), size);
    CU_ASSERT_EQUAL(fclose(stream), 0);
}

/* Loads it: either an image, or one error and none. Returns whether there was an error. */
static bool file_fails(const uint8_t *bytes, size_t size) {
    struct errors errors = {0};
    struct image *image;
    bool failed;

    file_write(bytes, size);
    image = image_load_elf(BROKEN_PATH, &errors);
    failed = !image;
    if ((failed && errors.count != 1) || (!failed && !errors_none(&errors))) {
        errors_print(&errors, "\n    ", stdout);
        CU_FAIL("an image and no error, or one error and no image");
    }
    image_free(image);
    errors_clear(&errors);
    return failed;
}

static void check_message(const uint8_t *bytes, size_t size, const char *message) {
    struct errors errors = {0};
    struct image *image;

    file_write(bytes, size);
    image = image_load_elf(BROKEN_PATH, &errors);
    CU_ASSERT_PTR_NULL(image);
    CU_ASSERT_EQUAL(errors.count, 1);
    if (errors.count == 1 && !strstr(errors.entries[0].message, message)) {
        errors_print(&errors, "\n    instead: ", stdout);
        CU_FAIL("the message does not say what is wrong");
    }
    image_free(image);
    errors_clear(&errors);
}

#define EHDR(field) offsetof(Elf64_Ehdr, field), sizeof(((Elf64_Ehdr *)0)->field)
#define PHDR(index, field)                                                                         \
    sizeof(Elf64_Ehdr) + (index) * sizeof(Elf64_Phdr) + offsetof(Elf64_Phdr, field),               \
        sizeof(((Elf64_Phdr *)0)->field)

/* Changes to one field of probe64.so, whose first four program headers are PT_LOAD. */
static const struct {
    size_t offset, width;
    uint64_t value;
    const char *message;
} changes[] = {
    {0, 1, 0, "not an ELF file"},
    {EI_CLASS, 1, 3, "unknown ELF class 3"},
    {EI_DATA, 1, ELFDATA2MSB, "big-endian"},
    {EI_DATA, 1, 0, "unknown ELF byte order 0"},
    {EHDR(e_machine), EM_AARCH64, "for AArch64"},
    {EHDR(e_machine), EM_RISCV, "for RISC-V"},
    {EHDR(e_machine), 0xfe01, "machine number 65025"},
    {EHDR(e_machine), EM_386, "64-bit ELF file for i386"},
    {EHDR(e_type), ET_CORE, "core dump"},
    {EHDR(e_type), 77, "unknown ELF file type 77"},
    {EHDR(e_phentsize), 8, "program headers have 8 bytes each"},
    {EHDR(e_shentsize), 8, "section headers have 8 bytes each"},
    {EHDR(e_phoff), 0x7fffffff, "program headers lie beyond the end"},
    {EHDR(e_shoff), 0x7fffffff, "section headers lie beyond the end"},
    {EHDR(e_shnum), 0, "missing or far too many"},
    {EHDR(e_phnum), 0, "no PT_LOAD"},
    {PHDR(0, p_filesz), 0x100000, "more bytes in the file than in memory"},
    {PHDR(0, p_memsz), 0, "more bytes in the file than in memory"},
    {PHDR(0, p_offset), 0x7fffffff, "lies beyond the end of the file"},
    {PHDR(0, p_vaddr), UINT64_MAX - 8, "wraps around"},
    {PHDR(0, p_memsz), UINT64_MAX, "wraps around"},
    {PHDR(0, p_memsz), 0x1001, "two segments overlap at 0x100001000"},
    {PHDR(3, p_memsz), 0x20000000, "more than 256 MiB"},
    {PHDR(3, p_memsz), UINT64_C(1) << 60, "more than 256 MiB"},
};

static void test_one_mistake_one_line(void) {
    struct file file = file_read(FIXTURE("probe64.so"));
    struct file copy = {malloc(file.size), file.size};

    CU_ASSERT_PTR_NOT_NULL_FATAL(copy.bytes);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        memcpy(copy.bytes, file.bytes, file.size);
        for (size_t k = 0; k < changes[i].width; k++)
            copy.bytes[changes[i].offset + k] = (uint8_t)(changes[i].value >> 8 * k);
        check_message(copy.bytes, copy.size, changes[i].message);
    }
    check_message(file.bytes, 0, "the file is empty");
    check_message(file.bytes, 20, "header is truncated");
    check_message(file.bytes, 60, "header is truncated");
    free(copy.bytes);
    free(file.bytes);
}

/* Where in a relocatable object the first relocation of a section is. */
static size_t find_relocation(const struct file *file, const char *name) {
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)file->bytes;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(file->bytes + header->e_shoff);
    const char *names = (const char *)file->bytes + sections[header->e_shstrndx].sh_offset;

    for (unsigned i = 0; i < header->e_shnum; i++) {
        if (sections[i].sh_type == SHT_RELA && strcmp(names + sections[i].sh_name, name) == 0)
            return sections[i].sh_offset;
    }
    CU_FAIL_FATAL("no such section");
    return 0;
}

static void test_broken_relocations(void) {
    struct file file = file_read(FIXTURE("probe64.o"));
    Elf64_Rela *text = (Elf64_Rela *)(file.bytes + find_relocation(&file, ".rela.text"));
    Elf64_Rela *debug = (Elf64_Rela *)(file.bytes + find_relocation(&file, ".rela.debug_info"));
    Elf64_Rela good = *text;

    debug->r_info = ELF64_R_INFO(0, 0xee);
    CU_ASSERT_FALSE(file_fails(file.bytes, file.size));
    text->r_info = ELF64_R_INFO(ELF64_R_SYM(good.r_info), 0xee);
    check_message(file.bytes, file.size, "unknown relocation type 238");
    text->r_info = ELF64_R_INFO(0x123456, ELF64_R_TYPE(good.r_info));
    check_message(file.bytes, file.size, "names symbol 1193046, but there are only");
    *text = good;
    text->r_offset = 0x100000;
    check_message(file.bytes, file.size, "offset 0x100000 is outside of its section");
    *text = good;
    CU_ASSERT_FALSE(file_fails(file.bytes, file.size));
    free(file.bytes);
}

/* What cannot be loaded although the file is in order. */
static void test_refused_files(void) {
    static const struct {
        const char *path, *message;
    } rows[] = {
        {FIXTURE("unsupported32.o"), "R_386_TLS_LE_32 of 'variable' is not supported"},
        {FIXTURE("unreachable64.o"), "R_X86_64_8 at 0x10001000: 'code' is out of its reach"},
        {FIXTURE("x32.o"), "x32 ABI"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct file file = file_read(rows[i].path);

        check_message(file.bytes, file.size, rows[i].message);
        free(file.bytes);
    }
}

static void test_paths(void) {
    struct errors errors = {0};

    CU_ASSERT_PTR_NULL(image_load_elf(HVSPEC_TEST_BINARY "/no such file", &errors));
    CU_ASSERT_PTR_NULL(image_load_elf(HVSPEC_TEST_BINARY, &errors));
    CU_ASSERT_PTR_NULL(image_load_elf("/dev/zero", &errors));
    CU_ASSERT_EQUAL_FATAL(errors.count, 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(errors.entries[0].message, "cannot be opened"));
    CU_ASSERT_PTR_NOT_NULL(strstr(errors.entries[1].message, "this is a folder"));
    CU_ASSERT_PTR_NOT_NULL(strstr(errors.entries[2].message, "not a regular file"));
    errors_clear(&errors);
}

/* The section headers are the last thing in what GNU's linker and assembler write, so every cut
 * goes through them or loses them. */
static void check_truncated(const char *path) {
    struct file file = file_read(path);
    size_t step = file.size / 1500 + 1;

    for (size_t size = 0; size < file.size; size += step)
        CU_ASSERT_TRUE(file_fails(file.bytes, size));
    CU_ASSERT_TRUE(file_fails(file.bytes, file.size - 1));
    CU_ASSERT_FALSE(file_fails(file.bytes, file.size));
    free(file.bytes);
}

static void test_truncated_files(void) {
    check_truncated(FIXTURE("probe64.so"));
    check_truncated(FIXTURE("relocations64.o"));
    check_truncated(FIXTURE("probe32.o"));
}

/* A fixed sequence (Knuth's MMIX generator), so that a failure can be repeated. */
static uint32_t next_random(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 32);
}

static void check_mutated(const char *path, unsigned count) {
    static const uint8_t interesting[] = {0, 1, 0x7f, 0x80, 0xff};
    struct file file = file_read(path);
    uint8_t *copy = malloc(file.size);
    uint64_t state = 1;
    unsigned failures = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    for (unsigned i = 0; i < count; i++) {
        memcpy(copy, file.bytes, file.size);
        for (unsigned k = next_random(&state) % 4 + 1; k > 0; k--) {
            size_t place = next_random(&state) % file.size;

            /* Half of the changes hit the first KiB, where the headers are. */
            if (next_random(&state) & 1)
                place %= 1024;
            copy[place] = next_random(&state) & 1
                              ? interesting[next_random(&state) % sizeof interesting]
                              : (uint8_t)next_random(&state);
        }
        failures += file_fails(copy, file.size);
    }
    /* Neither every change nor none is found out. */
    CU_ASSERT_TRUE(failures > 0 && failures < count);
    free(copy);
    free(file.bytes);
}

static void test_mutated_files(void) {
    check_mutated(FIXTURE("probe64.so"), 2000);
    check_mutated(FIXTURE("probe32.so"), 1000);
    check_mutated(FIXTURE("relocations64.o"), 3000);
    check_mutated(FIXTURE("relocations32.o"), 2000);
    check_mutated(FIXTURE("pie64"), 1000);
}

static const struct unit_test tests[] = {
    {"one mistake is one line", test_one_mistake_one_line},
    {"broken relocations", test_broken_relocations},
    {"refused files", test_refused_files},
    {"paths", test_paths},
    {"truncated files", test_truncated_files},
    {"mutated files", test_mutated_files},
};

int main(void) {
    return UNIT_RUN(tests);
}
