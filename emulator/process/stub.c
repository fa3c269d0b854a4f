/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/stub.h"
#include "emulator/process/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The program that a library is called in: a small ELF file that needs the library and starts as
 * every C program does, so that versions, indirect functions, thread-local storage and
 * constructors are its own loader's work. Its `main` is two system calls, whose addresses say what
 * they are: at the first a call begins, the second is where it returns to.
 */
/* _start: hands main over to __libc_start_main, whose address is at the beginning of the data. */
static const uint8_t stub_code_wide[] = {
    0x31, 0xed,                               /* xor ebp, ebp */
    0x49, 0x89, 0xd1,                         /* mov r9, rdx */
    0x48, 0x8b, 0x34, 0x24,                   /* mov rsi, [rsp] */
    0x48, 0x8d, 0x54, 0x24, 0x08,             /* lea rdx, [rsp + 8] */
    0x48, 0x8d, 0x3d, 0x2b, 0x00, 0x00, 0x00, /* lea rdi, [main] */
    0x31, 0xc9,                               /* xor ecx, ecx */
    0x45, 0x31, 0xc0,                         /* xor r8d, r8d */
    0x48, 0x83, 0xe4, 0xf0,                   /* and rsp, -16 */
    0x50, 0x54,                               /* push rax; push rsp */
    0xff, 0x15, 0xda, 0x0f, 0x00, 0x00,       /* call [data] */
    0x0f, 0x0b,                               /* ud2 */
};
static const uint8_t stub_code_narrow[] = {
    0x31, 0xed,                         /* xor ebp, ebp */
    0x5e, 0x89, 0xe1,                   /* pop esi; mov ecx, esp */
    0x83, 0xe4, 0xf0,                   /* and esp, -16 */
    0x50, 0x54, 0x52,                   /* push eax; push esp; push edx */
    0xe8, 0x00, 0x00, 0x00, 0x00, 0x5b, /* call next; next: pop ebx */
    0x6a, 0x00, 0x6a, 0x00,             /* push 0; push 0 */
    0x51, 0x56,                         /* push ecx; push esi */
    0x8d, 0x83, 0x30, 0x00, 0x00, 0x00, /* lea eax, [ebx + main - next] */
    0x50,                               /* push eax */
    0xff, 0x93, 0xf0, 0x0f, 0x00, 0x00, /* call [ebx + data - next] */
    0x0f, 0x0b,                         /* ud2 */
};
static const uint8_t stub_main_wide[] = {0x0f, 0x05, 0x0f, 0x05, 0x0f, 0x0b};
static const uint8_t stub_main_narrow[] = {0xcd, 0x80, 0xcd, 0x80, 0x0f, 0x0b};

/* What lies at an address of the library's, up to the end of its segment in the file; NULL:
 * nothing. */
static const char *stub_at(const struct load_file *library, uint64_t address, size_t *size) {
    for (unsigned i = 0; i < library->header.e_phnum; i++) {
        const Elf64_Phdr *part = &library->headers[i];

        if (part->p_type == PT_LOAD && address - part->p_vaddr < part->p_filesz) {
            *size = part->p_filesz - (address - part->p_vaddr);
            return (const char *)library->bytes + part->p_offset + (address - part->p_vaddr);
        }
    }
    return NULL;
}

/* Bytes of an entry of a dynamic section. */
static size_t stub_entry_size(const struct process_machine *machine) {
    return machine->mode == IMAGE_32 ? sizeof(Elf32_Dyn) : sizeof(Elf64_Dyn);
}

static Elf64_Dyn stub_entry(const struct process_machine *machine, const uint8_t *at) {
    Elf64_Dyn entry;
    Elf32_Dyn narrow;

    if (machine->mode == IMAGE_64) {
        memcpy(&entry, at, sizeof entry);
        return entry;
    }
    memcpy(&narrow, at, sizeof narrow);
    return (Elf64_Dyn){narrow.d_tag, {narrow.d_un.d_val}};
}

/* The loader of a C library that is needed, and what the C library is called. */
static const char *stub_loader_of(const struct process_machine *machine, const char *needed,
                                  const char **library) {
    static const struct {
        enum image_mode mode;
        const char *needed, *loader;
    } loaders[] = {
        {IMAGE_64, "libc.so.6", "/lib64/ld-linux-x86-64.so.2"},
        {IMAGE_64, "libc.musl-x86_64.so.1", "/lib/ld-musl-x86_64.so.1"},
        {IMAGE_64, "libc.so", "/lib/ld-musl-x86_64.so.1"},
        {IMAGE_32, "libc.so.6", "/lib/ld-linux.so.2"},
        {IMAGE_32, "libc.musl-x86.so.1", "/lib/ld-musl-i386.so.1"},
        {IMAGE_32, "libc.so", "/lib/ld-musl-i386.so.1"},
    };

    for (size_t i = 0; i < sizeof loaders / sizeof loaders[0]; i++) {
        if (loaders[i].mode == machine->mode && strcmp(needed, loaders[i].needed) == 0) {
            *library = loaders[i].needed;
            return loaders[i].loader;
        }
    }
    return NULL;
}

/* Of a library's dynamic section: where its strings are, then the loader that goes with what it
 * needs; NULL: none does. */
static const char *stub_loader_needed(const struct load_file *file, const Elf64_Phdr *dynamic,
                                      const char **library) {
    const size_t size = stub_entry_size(file->machine);
    const char *strings = NULL, *loader;
    size_t strings_size = 0;

    if (dynamic->p_offset > file->size || dynamic->p_filesz > file->size - dynamic->p_offset)
        return NULL;
    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint64_t at = 0; dynamic->p_filesz - at >= size; at += size) {
            const Elf64_Dyn entry = stub_entry(file->machine, file->bytes + dynamic->p_offset + at);

            if (pass == 0 && entry.d_tag == DT_STRTAB)
                strings = stub_at(file, entry.d_un.d_ptr, &strings_size);
            if (pass == 0 || entry.d_tag != DT_NEEDED || !strings ||
                entry.d_un.d_val >= strings_size ||
                !memchr(strings + entry.d_un.d_val, 0, strings_size - entry.d_un.d_val))
                continue;
            loader = stub_loader_of(file->machine, strings + entry.d_un.d_val, library);
            if (loader)
                return loader;
        }
    }
    return NULL;
}

/* The loader that goes with what the library needs: glibc's unless it says otherwise. */
static const char *stub_loader(const struct load_file *file, const char **library) {
    for (unsigned i = 0; i < file->header.e_phnum; i++) {
        const char *loader = file->headers[i].p_type == PT_DYNAMIC
                                 ? stub_loader_needed(file, &file->headers[i], library)
                                 : NULL;

        if (loader)
            return loader;
    }
    return stub_loader_of(file->machine, "libc.so.6", library);
}

/* --- The file. --- */

static size_t stub_header_size(const struct process_machine *machine) {
    return machine->mode == IMAGE_32 ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr);
}

static void stub_put_header(const struct stub_builder *builder, unsigned parts) {
    const struct process_machine *machine = builder->machine;
    const Elf64_Ehdr header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
                                           (unsigned char)machine->class, ELFDATA2LSB, EV_CURRENT},
                               .e_type = ET_DYN,
                               .e_machine = (Elf64_Half)machine->elf_machine,
                               .e_version = EV_CURRENT,
                               .e_entry = STUB_TEXT,
                               .e_phoff = stub_header_size(machine),
                               .e_ehsize = (Elf64_Half)stub_header_size(machine),
                               .e_phentsize = (Elf64_Half)load_part_size(machine),
                               .e_phnum = (Elf64_Half)parts};
    Elf32_Ehdr narrow = {.e_type = header.e_type,
                         .e_machine = header.e_machine,
                         .e_version = header.e_version,
                         .e_entry = STUB_TEXT,
                         .e_phoff = (Elf32_Off)header.e_phoff,
                         .e_ehsize = header.e_ehsize,
                         .e_phentsize = header.e_phentsize,
                         .e_phnum = header.e_phnum};

    memcpy(narrow.e_ident, header.e_ident, sizeof narrow.e_ident);
    if (machine->mode == IMAGE_32)
        memcpy(builder->bytes, &narrow, sizeof narrow);
    else
        memcpy(builder->bytes, &header, sizeof header);
}

static void stub_put_part(const struct stub_builder *builder, unsigned index,
                          const Elf64_Phdr *part) {
    const Elf32_Phdr narrow = {.p_type = part->p_type,
                               .p_flags = part->p_flags,
                               .p_offset = (Elf32_Off)part->p_offset,
                               .p_vaddr = (Elf32_Addr)part->p_vaddr,
                               .p_paddr = (Elf32_Addr)part->p_paddr,
                               .p_filesz = (Elf32_Word)part->p_filesz,
                               .p_memsz = (Elf32_Word)part->p_memsz,
                               .p_align = (Elf32_Word)part->p_align};
    const size_t size = load_part_size(builder->machine);

    memcpy(builder->bytes + stub_header_size(builder->machine) + index * size,
           builder->machine->mode == IMAGE_32 ? (const void *)&narrow : part, size);
}

#define STUB_PARTS 8u

static void stub_headers(struct stub_builder *builder, uint32_t loader_at, size_t loader_size,
                         uint64_t dynamic_size) {
    const uint64_t tls = builder->tls, tls_size = builder->tls_size, dynamic = STUB_DYNAMIC;
    const uint64_t first = stub_header_size(builder->machine);
    const uint64_t all = STUB_PARTS * load_part_size(builder->machine);
    const Elf64_Phdr parts[STUB_PARTS] = {
        {PT_PHDR, PF_R, first, first, first, all, all, 8},
        {PT_INTERP, PF_R, loader_at, loader_at, loader_at, loader_size, loader_size, 1},
        {PT_LOAD, PF_R, 0, 0, 0, STUB_TEXT, STUB_TEXT, MEMORY_PAGE},
        {PT_LOAD, PF_R | PF_X, STUB_TEXT, STUB_TEXT, STUB_TEXT, MEMORY_PAGE, MEMORY_PAGE,
         MEMORY_PAGE},
        {PT_LOAD, PF_R | PF_W, STUB_DATA, STUB_DATA, STUB_DATA, MEMORY_PAGE, MEMORY_PAGE,
         MEMORY_PAGE},
        {PT_DYNAMIC, PF_R | PF_W, dynamic, dynamic, dynamic, dynamic_size, dynamic_size, 8},
        {PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 0, 16},
        {PT_TLS, PF_R, tls, tls, tls, 0, tls_size, 8},
    };

    stub_put_header(builder, STUB_PARTS);
    for (unsigned i = 0; i < STUB_PARTS; i++)
        stub_put_part(builder, i, &parts[i]);
}

/* The one relocation: where __libc_start_main is, in the data. */
static size_t stub_put_relocation(const struct stub_builder *builder, uint32_t start) {
    const Elf64_Rela wide = {STUB_DATA, ELF64_R_INFO(start, R_X86_64_GLOB_DAT), 0};
    const Elf32_Rel narrow = {STUB_DATA, ELF32_R_INFO(start, R_386_GLOB_DAT)};
    const bool is_narrow = builder->machine->mode == IMAGE_32;
    const size_t size = is_narrow ? sizeof narrow : sizeof wide;

    memcpy(builder->bytes + STUB_RELOCATION, is_narrow ? (const void *)&narrow : &wide, size);
    return size;
}

static void stub_write(struct stub_builder *builder, uint32_t loader_at, size_t loader_size,
                       uint32_t path_at, uint32_t library_at, uint32_t start) {
    const bool is_narrow = builder->machine->mode == IMAGE_32;
    const size_t relocation = stub_put_relocation(builder, start);
    const Elf64_Dyn dynamic[] = {
        {DT_NEEDED, {path_at}},
        {DT_NEEDED, {library_at}},
        {DT_HASH, {STUB_HASH}},
        {DT_STRTAB, {STUB_STRINGS}},
        {DT_STRSZ, {builder->strings_size}},
        {DT_SYMTAB, {STUB_SYMBOLS}},
        {DT_SYMENT, {stub_symbol_size(builder->machine)}},
        {is_narrow ? DT_REL : DT_RELA, {STUB_RELOCATION}},
        {is_narrow ? DT_RELSZ : DT_RELASZ, {relocation}},
        {is_narrow ? DT_RELENT : DT_RELAENT, {relocation}},
        {DT_FLAGS, {DF_BIND_NOW}},
        {DT_DEBUG, {0}},
        {DT_NULL, {0}},
    };
    const size_t count = sizeof dynamic / sizeof *dynamic;
    const size_t size = stub_entry_size(builder->machine);
    uint8_t *bytes = builder->bytes;

    stub_headers(builder, STUB_STRINGS + loader_at, loader_size, count * size);
    for (size_t i = 0; i < count; i++) {
        const Elf32_Dyn narrow = {(Elf32_Sword)dynamic[i].d_tag,
                                  {(Elf32_Word)dynamic[i].d_un.d_val}};

        memcpy(bytes + STUB_DYNAMIC + i * size, is_narrow ? (const void *)&narrow : &dynamic[i],
               size);
    }
    if (is_narrow) {
        memcpy(bytes + STUB_TEXT, stub_code_narrow, sizeof stub_code_narrow);
        memcpy(bytes + STUB_MAIN, stub_main_narrow, sizeof stub_main_narrow);
    } else {
        memcpy(bytes + STUB_TEXT, stub_code_wide, sizeof stub_code_wide);
        memcpy(bytes + STUB_MAIN, stub_main_wide, sizeof stub_main_wide);
    }
}

uint8_t *process_stub_make(const char *path, const struct load_file *library, size_t *size) {
    struct stub_builder builder;
    const char *c_library = NULL, *loader = stub_loader(library, &c_library);
    uint32_t path_at, library_at, start, loader_at;

    if (!stub_open(&builder, library->machine))
        return NULL;
    path_at = stub_string(&builder, path);
    library_at = stub_string(&builder, c_library);
    loader_at = stub_string(&builder, loader);
    start = stub_symbol(&builder, "__libc_start_main", STT_FUNC, 0);
    stub_provided(&builder);
    if (builder.full) {
        free(builder.bytes);
        return NULL;
    }
    stub_write(&builder, loader_at, strlen(loader) + 1, path_at, library_at, start);
    *size = STUB_SIZE;
    return builder.bytes;
}

/* The addresses of both system calls, from where the stub lies. */
uint64_t process_stub_call(uint64_t bias) {
    return bias + STUB_MAIN;
}

uint64_t process_stub_base(uint64_t call) {
    return call - STUB_MAIN;
}
