/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LOAD_HEADERS_MAX 64u
#define LOAD_RANDOM_SIZE 16u
#define LOAD_TARGET_TEXT "0x00000000"

/* A program or its loader as it lies in memory. */
struct load_file {
    const struct process_machine *machine;
    const char *name;
    const uint8_t *bytes;
    size_t size;
    Elf64_Ehdr header;
    Elf64_Phdr headers[LOAD_HEADERS_MAX];
    uint64_t bias, first, last; /* addresses, `last` behind the end */
    char interpreter[FILES_PATH_MAX];
};

static bool load_fail(const struct load_file *file, const char *what, struct errors *errors) {
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

static size_t load_part_size(const struct load_file *file) {
    return file->machine->mode == IMAGE_32 ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);
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
    const size_t size = load_part_size(file);

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

/* Everything that is looked at later lies in the file and does not wrap around. */
static bool load_read(struct load_file *file, struct errors *errors) {
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

static unsigned load_flags(const Elf64_Phdr *part) {
    return (part->p_flags & PF_R ? MEMORY_READ : 0u) | (part->p_flags & PF_W ? MEMORY_WRITE : 0u) |
           (part->p_flags & PF_X ? MEMORY_EXECUTE : 0u);
}

static void load_map(struct process *process, const struct load_file *file) {
    for (unsigned i = 0; i < file->header.e_phnum; i++) {
        const Elf64_Phdr *part = &file->headers[i];
        uint64_t skip = part->p_vaddr % MEMORY_PAGE, address = part->p_vaddr - skip + file->bias;
        uint64_t end = part->p_vaddr + part->p_memsz + file->bias;

        if (part->p_type != PT_LOAD || part->p_memsz == 0)
            continue;
        end = (end + MEMORY_PAGE - 1) / MEMORY_PAGE * MEMORY_PAGE;
        memory_map(&process->memory, address, end - address, load_flags(part),
                   file->bytes + part->p_offset - skip, part->p_filesz + skip);
        if (part->p_flags & PF_X)
            process_clocks_scan(process, address, file->bytes + part->p_offset - skip,
                                part->p_filesz + skip);
    }
}

/* An audit changes the code in the image: what is run is the image's code. */
void process_put_code(struct process *process) {
    const struct image *image = process->image;

    for (size_t i = 0; i < image->segments_count; i++) {
        const struct image_segment *segment = &image->segments[i];

        if ((segment->permissions & IMAGE_EXECUTE) &&
            memory_is_mapped(&process->memory, segment->address, segment->size))
            memory_put(&process->memory, segment->address, segment->bytes, segment->size);
    }
}

static uint64_t load_program_headers(const struct load_file *file) {
    for (unsigned i = 0; i < file->header.e_phnum; i++) {
        const Elf64_Phdr *part = &file->headers[i];

        if (part->p_type == PT_PHDR)
            return part->p_vaddr + file->bias;
        if (part->p_type == PT_LOAD && file->header.e_phoff >= part->p_offset &&
            file->header.e_phoff - part->p_offset < part->p_filesz)
            return part->p_vaddr + (file->header.e_phoff - part->p_offset) + file->bias;
    }
    return 0;
}

/* --- The first stack. --- */

static uint64_t load_push(struct process *process, uint64_t *stack, const void *bytes,
                          uint64_t size) {
    *stack -= size;
    memory_put(&process->memory, *stack, bytes, size);
    return *stack;
}

/* Longs, at the stack pointer of a start. */
static uint64_t load_push_words(struct process *process, uint64_t stack, const uint64_t *words,
                                size_t count) {
    const unsigned size = process->machine->word;

    stack = (stack - count * size) & ~15ull;
    for (size_t i = 0; i < count; i++) /* little-endian, as every host */
        memory_put(&process->memory, stack + i * size, &words[i], size);
    return stack;
}

/* An argument's text with room for the target, which is always as long. */
static size_t load_argument(const char *argument, char *text, size_t size, size_t *target) {
    const char *at = strstr(argument, PROCESS_TARGET);

    *target = at ? (size_t)(at - argument) : SIZE_MAX;
    if (!at)
        return (size_t)snprintf(text, size, "%s", argument) + 1;
    return (size_t)snprintf(text, size, "%.*s%s%s", (int)(at - argument), argument,
                            LOAD_TARGET_TEXT, at + strlen(PROCESS_TARGET)) +
           1;
}

void process_set_target(struct process *process, uint32_t target) {
    uint64_t at = process->target_page;
    char text[FILES_PATH_MAX], number[sizeof LOAD_TARGET_TEXT];

    snprintf(number, sizeof number, "0x%08x", target);
    for (size_t i = 0; i < process->start->arguments_count; i++) {
        size_t offset;
        size_t size = load_argument(process->start->arguments[i], text, sizeof text, &offset);

        if (offset == SIZE_MAX)
            continue;
        memory_put(&process->memory, at + offset, number, sizeof number - 1);
        at += size;
    }
}

static bool load_arguments(struct process *process, uint64_t *stack, uint64_t *addresses,
                           struct errors *errors) {
    uint64_t at = process->stack_top - MEMORY_PAGE;

    *stack = at;
    for (size_t i = 0; i < process->start->arguments_count; i++) {
        char text[FILES_PATH_MAX];
        size_t offset;
        size_t size = load_argument(process->start->arguments[i], text, sizeof text, &offset);

        if (size > sizeof text || (offset != SIZE_MAX && at + size > process->stack_top))
            return errors_add(errors, process->start->path, 0, 0, "an argument is too long");
        if (offset == SIZE_MAX) {
            addresses[i] = load_push(process, stack, text, size);
        } else {
            process->target_page = process->stack_top - MEMORY_PAGE;
            addresses[i] = at;
            memory_put(&process->memory, at, text, size);
            at += size;
        }
    }
    return true;
}

/* The loader binds every function before the program begins, rather than each at its first call,
 * which lies behind the state that is kept and would be done again in every run. */
#define LOAD_BIND_NOW "LD_BIND_NOW="

static bool load_stack(struct process *process, const struct load_file *program,
                       const struct load_file *loader, struct errors *errors) {
    static const char *const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=/",
                                              LOAD_BIND_NOW "1"};
    static const uint8_t random[LOAD_RANDOM_SIZE] = "hvspec, chosen.";
    uint64_t stack, words[128], addresses[PROCESS_ARGUMENTS_MAX], name, platform, seed;
    size_t count = 0;

    if (!load_arguments(process, &stack, addresses, errors))
        return false;
    name = load_push(process, &stack, process->files.program, strlen(process->files.program) + 1);
    platform =
        load_push(process, &stack, process->machine->name, strlen(process->machine->name) + 1);
    seed = load_push(process, &stack, random, sizeof random);
    words[count++] = process->start->arguments_count;
    for (size_t i = 0; i < process->start->arguments_count; i++)
        words[count++] = addresses[i];
    words[count++] = 0;
    for (size_t i = 0; i < sizeof environment / sizeof *environment; i++)
        words[count++] = load_push(process, &stack, environment[i], strlen(environment[i]) + 1);
    process->bind_now = words[count - 1] + strlen(LOAD_BIND_NOW);
    words[count++] = 0;
    {
        const uint64_t vector[] = {AT_PHDR,     load_program_headers(program),
                                   AT_PHENT,    load_part_size(program),
                                   AT_PHNUM,    program->header.e_phnum,
                                   AT_PAGESZ,   MEMORY_PAGE,
                                   AT_BASE,     loader ? loader->bias : 0,
                                   AT_FLAGS,    0,
                                   AT_ENTRY,    process->entry,
                                   AT_UID,      1000,
                                   AT_EUID,     1000,
                                   AT_GID,      1000,
                                   AT_EGID,     1000,
                                   AT_SECURE,   0,
                                   AT_RANDOM,   seed,
                                   AT_EXECFN,   name,
                                   AT_PLATFORM, platform,
                                   AT_HWCAP,    0x078bfbff,
                                   AT_CLKTCK,   100,
                                   AT_NULL,     0};

        memcpy(words + count, vector, sizeof vector);
        count += sizeof vector / sizeof *vector;
    }
    stack = load_push_words(process, stack, words, count);
    process_register_set(process, UC_X86_REG_RSP, stack);
    return true;
}

/* --- All of it. --- */

static bool load_open(struct process *process, const char *path, struct load_file *file,
                      struct errors *errors) {
    int index = files_find(&process->files, path);

    if (index < 0)
        return errors_add(errors, process->start->path, 0, 0,
                          "%s, which is needed to start it, cannot be opened%s%s: %s", path,
                          process->start->sysroot ? " beneath " : "",
                          process->start->sysroot ? process->start->sysroot : "", strerror(-index));
    file->bytes = process->files.files[index].bytes;
    file->size = process->files.files[index].size;
    file->name = process->files.files[index].path;
    file->machine = process->machine;
    return load_read(file, errors);
}

/* Around the code under test. */
static bool load_arenas(struct process *process, const struct load_file *program,
                        struct errors *errors) {
    uint64_t first = (process->code_first) & ~0xffffull;
    uint64_t size = (process->code_last - first + 0xffff) & ~0xffffull;

    const struct process_machine *machine = process->machine;

    if (first < 0x10000 || first + size + PROCESS_BRK_SIZE > machine->map_first)
        return load_fail(program, "its addresses are not those of a process", errors);
    return (memory_open(&process->memory) &&
            memory_add_arena(&process->memory, first, size + PROCESS_BRK_SIZE) &&
            memory_add_arena(&process->memory, machine->map_first, machine->map_size) &&
            memory_start(&process->memory)) ||
           errors_add(errors, NULL, 0, 0, "no memory for a process");
}

static void load_find_start(struct process *process) {
    static const char *const names[] = {"main.main", "main"};

    process->main = process->entry;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct image_symbol *symbol = image_find_symbol(process->image, names[i]);

        if (symbol && symbol->is_function) {
            process->main = symbol->address;
            return;
        }
    }
}

/* The program, or the stub that calls the library's function. */
static bool load_program(struct process *process, struct load_file *program,
                         struct errors *errors) {
    struct load_file code = {.size = 0};

    if (!load_open(process, process->files.code, &code, errors))
        return false;
    process->code_first = code.first + process->image->bias;
    process->code_last = code.last + process->image->bias;
    *program = code;
    program->bias = process->image->bias;
    if (!process->start->is_library)
        return true;
    process->stub_bytes =
        process_stub_make(process->files.code, code.bytes, code.size, &process->stub_size);
    if (!process->stub_bytes)
        return load_fail(&code, "no program can be made that calls it", errors);
    *program = (struct load_file){.machine = process->machine,
                                  .name = "the stub",
                                  .bytes = process->stub_bytes,
                                  .size = process->stub_size};
    return load_read(program, errors);
}

bool process_load(struct process *process, struct errors *errors) {
    struct load_file program = {.size = 0}, loader = {.size = 0};
    struct process_state *state = &process->state;
    bool dynamic;

    process->machine = process_machine_of(process->image->mode);
    if (!process->machine)
        return errors_add(errors, process->start->path, 0, 0,
                          "neither for x86-64 nor for i386, and only such programs can be run as a "
                          "process");
    if (!load_program(process, &program, errors))
        return false;
    dynamic = program.interpreter[0] != '\0';
    if ((dynamic && !load_open(process, program.interpreter, &loader, errors)) ||
        !load_arenas(process, &program, errors) || !process_engine_open(process, errors))
        return false;
    process->stack_top =
        process->machine->map_first + process->machine->map_size - 16 * MEMORY_PAGE;
    state->map_next = process->stack_top - PROCESS_STACK_SIZE - 256 * MEMORY_PAGE;
    if (process->stub_bytes) {
        state->map_next -= program.last;
        program.bias = state->map_next;
        process->stub = process_stub_call(program.bias);
        if (!process_call_area(process))
            return load_fail(&program, "more arguments than a call takes", errors);
    }
    process->entry = program.header.e_entry + program.bias;
    load_map(process, &program);
    if (!process->stub_bytes) {
        load_find_start(process);
        process_put_code(process);
    }
    memory_map(&process->memory, process->stack_top - PROCESS_STACK_SIZE, PROCESS_STACK_SIZE,
               MEMORY_READ | MEMORY_WRITE, NULL, 0);
    state->brk_first = state->brk = process->code_last;
    memory_keep_heap(&process->memory, state->brk_first, PROCESS_HEAP_KEPT);
    process->pc = process->entry;
    if (dynamic) {
        if (loader.first != 0 || loader.header.e_type != ET_DYN)
            return load_fail(&loader, "no loader that can be placed", errors);
        state->map_next -= loader.last;
        loader.bias = state->map_next;
        process->loader_first = loader.bias;
        process->loader_last = loader.bias + loader.last;
        load_map(process, &loader);
        process->pc = loader.header.e_entry + loader.bias;
    }
    return load_stack(process, &program, dynamic ? &loader : NULL, errors);
}
