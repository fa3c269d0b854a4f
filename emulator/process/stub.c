/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/stub.h"

#include <elf.h>
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
static const uint8_t stub_code[] = {
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
static const uint8_t stub_main[] = {0x0f, 0x05, 0x0f, 0x05, 0x0f, 0x0b};

/* The tables of a library that its loader needs, all within its file. */
struct stub_library {
    const uint8_t *bytes;
    size_t size;
    Elf64_Ehdr header;
};

static bool stub_part(const struct stub_library *library, unsigned index, Elf64_Phdr *part) {
    uint64_t at = library->header.e_phoff + (uint64_t)index * sizeof *part;

    if (at > library->size || library->size - at < sizeof *part)
        return false;
    memcpy(part, library->bytes + at, sizeof *part);
    return part->p_offset <= library->size && part->p_filesz <= library->size - part->p_offset;
}

/* What lies at an address, up to the end of its segment in the file; NULL: nothing. */
static const char *stub_at(const struct stub_library *library, uint64_t address, size_t *size) {
    for (unsigned i = 0; i < library->header.e_phnum; i++) {
        Elf64_Phdr part;

        if (stub_part(library, i, &part) && part.p_type == PT_LOAD &&
            address - part.p_vaddr < part.p_filesz) {
            *size = part.p_filesz - (address - part.p_vaddr);
            return (const char *)library->bytes + part.p_offset + (address - part.p_vaddr);
        }
    }
    return NULL;
}

/* The loader of a C library that is needed, and what the C library is called. */
static const char *stub_loader_of(const char *needed, const char **library) {
    static const struct {
        const char *needed, *loader;
    } loaders[] = {
        {"libc.so.6", "/lib64/ld-linux-x86-64.so.2"},
        {"libc.musl-x86_64.so.1", "/lib/ld-musl-x86_64.so.1"},
        {"libc.so", "/lib/ld-musl-x86_64.so.1"},
    };

    for (size_t i = 0; i < sizeof loaders / sizeof loaders[0]; i++) {
        if (strcmp(needed, loaders[i].needed) == 0) {
            *library = loaders[i].needed;
            return loaders[i].loader;
        }
    }
    return NULL;
}

/* The loader that goes with what the library needs: glibc's unless it says otherwise. */
static const char *stub_loader(const struct stub_library *file, const char **library) {
    const char *loader, *strings = NULL;
    size_t strings_size = 0;
    Elf64_Phdr part;
    Elf64_Dyn entry;

    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < file->header.e_phnum; i++) {
            if (!stub_part(file, i, &part) || part.p_type != PT_DYNAMIC)
                continue;
            for (uint64_t at = 0; part.p_filesz - at >= sizeof entry; at += sizeof entry) {
                memcpy(&entry, file->bytes + part.p_offset + at, sizeof entry);
                if (pass == 0 && entry.d_tag == DT_STRTAB)
                    strings = stub_at(file, entry.d_un.d_ptr, &strings_size);
                if (pass == 0 || entry.d_tag != DT_NEEDED || !strings ||
                    entry.d_un.d_val >= strings_size ||
                    !memchr(strings + entry.d_un.d_val, 0, strings_size - entry.d_un.d_val))
                    continue;
                loader = stub_loader_of(strings + entry.d_un.d_val, library);
                if (loader)
                    return loader;
            }
        }
    }
    return stub_loader_of("libc.so.6", library);
}

static void stub_headers(struct stub_builder *builder, uint32_t loader_at, size_t loader_size,
                         uint64_t dynamic_size) {
    const uint64_t tls = builder->tls, tls_size = builder->tls_size, dynamic = STUB_DYNAMIC;
    Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_entry = STUB_TEXT,
        .e_phoff = sizeof header,
        .e_ehsize = sizeof header,
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 8};
    const Elf64_Phdr parts[8] = {
        {PT_PHDR, PF_R, sizeof header, sizeof header, sizeof header, sizeof parts, sizeof parts, 8},
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

    memcpy(builder->bytes, &header, sizeof header);
    memcpy(builder->bytes + sizeof header, parts, sizeof parts);
}

static void stub_write(struct stub_builder *builder, uint32_t loader_at, size_t loader_size,
                       uint32_t path_at, uint32_t library_at, uint32_t start) {
    const Elf64_Rela relocation = {STUB_DATA, ELF64_R_INFO(start, R_X86_64_GLOB_DAT), 0};
    const Elf64_Dyn dynamic[] = {
        {DT_NEEDED, {path_at}},
        {DT_NEEDED, {library_at}},
        {DT_HASH, {STUB_HASH}},
        {DT_STRTAB, {STUB_STRINGS}},
        {DT_STRSZ, {builder->strings_size}},
        {DT_SYMTAB, {STUB_SYMBOLS}},
        {DT_SYMENT, {sizeof(Elf64_Sym)}},
        {DT_RELA, {STUB_RELOCATION}},
        {DT_RELASZ, {sizeof relocation}},
        {DT_RELAENT, {sizeof relocation}},
        {DT_FLAGS, {DF_BIND_NOW}},
        {DT_DEBUG, {0}},
        {DT_NULL, {0}},
    };
    uint8_t *bytes = builder->bytes;

    stub_headers(builder, STUB_STRINGS + loader_at, loader_size, sizeof dynamic);
    memcpy(bytes + STUB_RELOCATION, &relocation, sizeof relocation);
    memcpy(bytes + STUB_TEXT, stub_code, sizeof stub_code);
    memcpy(bytes + STUB_MAIN, stub_main, sizeof stub_main);
    memcpy(bytes + STUB_DYNAMIC, dynamic, sizeof dynamic);
}

uint8_t *process_stub_make(const char *path, const uint8_t *library, size_t library_size,
                           size_t *size) {
    struct stub_builder builder;
    struct stub_library file = {.bytes = library, .size = library_size};
    const char *c_library = NULL, *loader;
    uint32_t path_at, library_at, start, loader_at;

    if (library_size < sizeof file.header || !stub_open(&builder))
        return NULL;
    memcpy(&file.header, library, sizeof file.header);
    loader = stub_loader(&file, &c_library);
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
