/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LOAD_RANDOM_SIZE 16u
#define LOAD_TARGET_TEXT "0x00000000"

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
            process_code_scan(process, address, file->bytes + part->p_offset - skip,
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
                                   AT_PHENT,    load_part_size(program->machine),
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
    process_register_set(process, ENGINE_RSP, stack);
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
    process->stub_bytes = process_stub_make(process->files.code, &code, &process->stub_size);
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
