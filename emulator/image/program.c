/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/random.h"
#include "emulator/image/internal.h"

#include <stdlib.h>

/* Executables and shared objects: what their program headers say. */

static bool image_program_header(const struct image_file *file, size_t index, GElf_Phdr *program) {
    if (!gelf_getphdr(file->elf, (int)index, program))
        return image_fail(file, "program header %zu cannot be read: %s", index, elf_errmsg(-1));
    return true;
}

static bool image_check_load(const struct image_file *file, const GElf_Phdr *program) {
    unsigned long long address = program->p_vaddr;

    if (program->p_filesz > program->p_memsz)
        return image_fail(file, "the segment at %#llx has more bytes in the file than in memory",
                          address);
    if (!image_file_bytes(file, program->p_offset, program->p_filesz))
        return image_fail(file,
                          "the segment at %#llx lies beyond the end of the file; it may be "
                          "truncated",
                          address);
    if (program->p_vaddr > UINT64_MAX - file->bias ||
        program->p_memsz > UINT64_MAX - file->bias - program->p_vaddr)
        return image_fail(file, "the segment at %#llx wraps around the address space", address);
    return true;
}

static unsigned image_program_permissions(const GElf_Phdr *program) {
    return (program->p_flags & PF_R ? IMAGE_READ : 0u) |
           (program->p_flags & PF_W ? IMAGE_WRITE : 0u) |
           (program->p_flags & PF_X ? IMAGE_EXECUTE : 0u);
}

bool image_collect_ranges(const struct image_file *file, struct image_range *ranges,
                          size_t *count) {
    *count = 0;
    for (size_t i = 0; i < file->programs_count; i++) {
        uint64_t first;
        GElf_Phdr program;

        if (!image_program_header(file, i, &program))
            return false;
        if (program.p_type != PT_LOAD || (program.p_memsz == 0 && program.p_filesz == 0))
            continue;
        if (!image_check_load(file, &program))
            return false;
        first = program.p_vaddr + file->bias;
        ranges[(*count)++] = (struct image_range){first, first + program.p_memsz - 1,
                                                  image_program_permissions(&program)};
    }
    if (*count == 0)
        return image_fail(file, "nothing in the file is loaded into memory (no PT_LOAD)");
    return true;
}

static bool image_build_segments(const struct image_file *file) {
    struct image_range *ranges = calloc(file->programs_count + 1, sizeof *ranges);
    size_t count;
    bool ok;

    if (!ranges)
        return image_fail(file, "out of memory");
    ok = image_collect_ranges(file, ranges, &count) && image_memory_build(file, ranges, count);
    free(ranges);
    return ok;
}

bool image_find_tls(const struct image_file *file, GElf_Phdr *program) {
    for (size_t i = 0; i < file->programs_count; i++) {
        if (!image_program_header(file, i, program))
            return false;
        if (program->p_type != PT_TLS || program->p_memsz == 0)
            continue;
        if (program->p_memsz > IMAGE_SIZE_MAX || program->p_filesz > program->p_memsz ||
            program->p_align > IMAGE_SIZE_MAX || (program->p_align & (program->p_align - 1)))
            return image_fail(file, "the size or alignment of the thread-local storage is absurd");
        return true;
    }
    *program = (GElf_Phdr){.p_align = 1};
    return true;
}

static bool image_note_tls(const struct image_file *file) {
    struct image *image = file->image;
    GElf_Phdr found, *program = &found;

    if (!image_find_tls(file, program))
        return false;
    if (program->p_memsz == 0)
        return true;
    image->tls_start = program->p_vaddr + file->bias;
    image->tls_file_size = (size_t)program->p_filesz;
    image->tls_memory_size = (size_t)program->p_memsz;
    image->tls_alignment = program->p_align ? (size_t)program->p_align : 1;
    if (program->p_filesz && !image_memory_segment(image, image->tls_start))
        return image_fail(file, "the thread-local storage lies in no segment");
    return true;
}

bool image_fill_segments(const struct image_file *file) {
    for (size_t i = 0; i < file->programs_count; i++) {
        GElf_Phdr program;

        if (!image_program_header(file, i, &program))
            return false;
        if (program.p_type == PT_LOAD && program.p_filesz)
            image_memory_write(file->image, program.p_vaddr + file->bias,
                               image_file_bytes(file, program.p_offset, program.p_filesz),
                               (size_t)program.p_filesz);
        if (program.p_type == PT_GNU_STACK && program.p_flags & PF_X)
            file->image->runs_stack = true;
    }
    return true;
}

bool image_program_offset(const struct image_file *file, uint64_t address, uint64_t *offset,
                          uint64_t *available) {
    for (size_t i = 0; i < file->programs_count; i++) {
        GElf_Phdr program;

        if (!image_program_header(file, i, &program))
            return false;
        if (program.p_type != PT_LOAD || address < program.p_vaddr ||
            address - program.p_vaddr >= program.p_filesz)
            continue;
        *offset = program.p_offset + (address - program.p_vaddr);
        *available = program.p_filesz - (address - program.p_vaddr);
        return true;
    }
    return image_fail(file, "the dynamic section names %#llx, which no segment of the file holds",
                      (unsigned long long)address);
}

/* PT_GNU_RELRO is rounded down at both ends, as loaders do. */
bool image_protect_relro(const struct image_file *file) {
    for (size_t i = 0; i < file->programs_count; i++) {
        uint64_t first, mask = ~(uint64_t)(IMAGE_PAGE - 1);
        GElf_Phdr program;

        if (!image_program_header(file, i, &program))
            return false;
        if (program.p_type != PT_GNU_RELRO)
            continue;
        first = program.p_vaddr + file->bias;
        return image_memory_protect(file, first & mask, (first + program.p_memsz) & mask);
    }
    return true;
}

/* Whether a symbol without a type is code: by its section, else by its segment. */
static bool image_is_code(const struct image_file *file, const struct image_entry *entry,
                          uint64_t address) {
    const struct image_segment *segment = image_memory_segment(file->image, address);
    Elf_Scn *scn = elf_getscn(file->elf, entry->section);
    GElf_Shdr section;

    if (scn && gelf_getshdr(scn, &section))
        return section.sh_flags & SHF_EXECINSTR;
    return segment && segment->permissions & IMAGE_EXECUTE;
}

static bool image_list_symbols(const struct image_file *file, size_t section) {
    struct image_symbol_table table;

    if (!image_symbols_open(file, section, &table))
        return false;
    for (size_t i = 1; i < table.count; i++) {
        struct image_entry entry;
        uint64_t address;

        if (!image_symbols_get(file, &table, i, &entry))
            return false;
        if (entry.section == SHN_UNDEF || entry.is_special)
            continue;
        address = entry.symbol.st_value + file->bias;
        if (!image_symbols_add(file, &entry, address, image_is_code(file, &entry, address)))
            return false;
    }
    return true;
}

/* A file has at most one table of each type (gABI). */
bool image_list_all_symbols(const struct image_file *file) {
    bool seen_all = false, seen_dynamic = false;

    for (size_t i = 1; i < file->sections_count; i++) {
        bool *seen;
        GElf_Shdr section;

        if (!image_file_section(file, i, &section))
            return false;
        if ((section.sh_type != SHT_SYMTAB && section.sh_type != SHT_DYNSYM) || !section.sh_size)
            continue;
        seen = section.sh_type == SHT_SYMTAB ? &seen_all : &seen_dynamic;
        if (*seen)
            return image_fail(file, "section %zu is a second symbol table of the same type", i);
        *seen = true;
        if (!image_list_symbols(file, i))
            return false;
    }
    return true;
}

/* How far behind the first place where code may go, by the seed: by 4 GiB, where there is so much,
 * and by the alignment that no file has more of. */
static uint64_t image_program_shift(const struct image_file *file, bool is_high) {
    uint64_t seed = file->request ? file->request->seed : 0, salt = random_mix(seed);

    if (seed <= 1)
        return 0;
    return is_high ? (salt & 7) << 32 | (salt >> 8 & 3) << 28 : (salt & 3) << 28;
}

/* What is added to the addresses of position-independent code. Code for high addresses (some
 * kernels) would wrap around beyond them, and needs none of that. */
static uint64_t image_program_bias(const struct image_file *file) {
    for (size_t i = 0; i < file->programs_count; i++) {
        GElf_Phdr program;

        if (!gelf_getphdr(file->elf, (int)i, &program) || program.p_type != PT_LOAD)
            continue;
        if (program.p_vaddr <= UINT32_MAX && file->word == 8)
            return IMAGE_BASE_HIGH + image_program_shift(file, true);
        /* What lies high itself is moved as little as may be: addresses end somewhere. */
        return IMAGE_BASE +
               (program.p_vaddr <= UINT32_MAX / 4 ? image_program_shift(file, false) : 0);
    }
    return IMAGE_BASE;
}

bool image_load_program(struct image_file *file) {
    file->bias = file->header.e_type == ET_DYN ? image_program_bias(file) : 0;
    file->image->bias = file->bias;
    return image_build_segments(file) && image_fill_segments(file) && image_note_tls(file) &&
           image_list_all_symbols(file) && image_load_dynamic(file) && image_protect_relro(file);
}
