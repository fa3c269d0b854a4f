/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/load.h"

#include <string.h>

bool load_fail(const struct load_file *file, const char *what, struct errors *errors) {
    return errors_add(errors, file->name, 0, 0, "%s", what);
}

static bool load_interpreter(struct load_file *file, const Elf64_Phdr *header) {
    if (header->p_offset > file->size || header->p_filesz > file->size - header->p_offset ||
        header->p_filesz < 2 || header->p_filesz >= sizeof file->interpreter)
        return false;
    memcpy(file->interpreter, file->bytes + header->p_offset, header->p_filesz);
    file->interpreter[header->p_filesz] = '\0';
    return true;
}

/* A 32-bit file's header and program headers as a 64-bit one has them. */
static void load_widen_header(const Elf32_Ehdr *narrow, Elf64_Ehdr *header) {
    *header = (Elf64_Ehdr){.e_type = narrow->e_type,
                           .e_machine = narrow->e_machine,
                           .e_version = narrow->e_version,
                           .e_entry = narrow->e_entry,
                           .e_phoff = narrow->e_phoff,
                           .e_phentsize = narrow->e_phentsize,
                           .e_phnum = narrow->e_phnum};
    memcpy(header->e_ident, narrow->e_ident, sizeof header->e_ident);
}

static void load_widen_part(const Elf32_Phdr *narrow, Elf64_Phdr *part) {
    *part = (Elf64_Phdr){.p_type = narrow->p_type,
                         .p_flags = narrow->p_flags,
                         .p_offset = narrow->p_offset,
                         .p_vaddr = narrow->p_vaddr,
                         .p_filesz = narrow->p_filesz,
                         .p_memsz = narrow->p_memsz,
                         .p_align = narrow->p_align};
}

size_t load_part_size(const struct process_machine *machine) {
    return machine->mode == IMAGE_32 ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);
}

/* False: it is no ELF file of the machine's. */
static bool load_header(struct load_file *file) {
    const bool is_narrow = file->machine->mode == IMAGE_32;
    Elf32_Ehdr narrow;

    if (file->size < (is_narrow ? sizeof narrow : sizeof file->header))
        return false;
    memcpy(&narrow, file->bytes, sizeof narrow);
    if (is_narrow)
        load_widen_header(&narrow, &file->header);
    else
        memcpy(&file->header, file->bytes, sizeof file->header);
    return memcmp(narrow.e_ident, ELFMAG, SELFMAG) == 0 &&
           narrow.e_ident[EI_CLASS] == file->machine->class &&
           narrow.e_machine == file->machine->elf_machine;
}

static bool load_parts(struct load_file *file) {
    const Elf64_Ehdr *header = &file->header;
    const size_t size = load_part_size(file->machine);

    if ((header->e_type != ET_EXEC && header->e_type != ET_DYN) || header->e_phentsize != size ||
        header->e_phnum > LOAD_HEADERS_MAX || header->e_phoff > file->size ||
        header->e_phnum * size > file->size - header->e_phoff)
        return false;
    for (unsigned i = 0; i < header->e_phnum; i++) {
        const uint8_t *at = file->bytes + header->e_phoff + i * size;
        Elf32_Phdr narrow;

        memcpy(&narrow, at, sizeof narrow);
        if (file->machine->mode == IMAGE_32)
            load_widen_part(&narrow, &file->headers[i]);
        else
            memcpy(&file->headers[i], at, sizeof file->headers[i]);
    }
    return true;
}

bool load_read(struct load_file *file, struct errors *errors) {
    const Elf64_Ehdr *header = &file->header;

    if (!load_header(file))
        return load_fail(file,
                         file->machine->mode == IMAGE_32 ? "not an ELF file for i386"
                                                         : "not an ELF file for x86-64",
                         errors);
    if (!load_parts(file))
        return load_fail(file, "no program that can be started", errors);
    file->first = UINT64_MAX;
    for (unsigned i = 0; i < header->e_phnum; i++) {
        const Elf64_Phdr *part = &file->headers[i];

        if (part->p_type == PT_INTERP && !load_interpreter(file, part))
            return load_fail(file, "the name of its loader is broken", errors);
        if (part->p_type != PT_LOAD)
            continue;
        if (part->p_vaddr > 1ull << 47 || part->p_memsz > PROCESS_PROGRAM_SIZE_MAX ||
            part->p_filesz > part->p_memsz || part->p_offset > file->size ||
            part->p_filesz > file->size - part->p_offset ||
            (part->p_vaddr - part->p_offset) % MEMORY_PAGE != 0)
            return load_fail(file, "a segment is broken or far too large", errors);
        if (part->p_vaddr < file->first)
            file->first = part->p_vaddr / MEMORY_PAGE * MEMORY_PAGE;
        if (part->p_vaddr + part->p_memsz > file->last)
            file->last = part->p_vaddr + part->p_memsz;
    }
    file->last = (file->last + MEMORY_PAGE - 1) / MEMORY_PAGE * MEMORY_PAGE;
    return (file->first < file->last && file->last - file->first <= PROCESS_PROGRAM_SIZE_MAX) ||
           load_fail(file, "it has no segments, or they are far apart", errors);
}
