/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <string.h>

/* As x86-64 numbers them, whatever the host is. */
enum {
    MAP_SHARED_FLAG = 0x01,
    MAP_FIXED_FLAG = 0x10,
    MAP_ANONYMOUS_FLAG = 0x20,
    MAP_NOREPLACE_FLAG = 0x100000,
    PROT_READ_FLAG = 1,
    PROT_WRITE_FLAG = 2,
    PROT_EXECUTE_FLAG = 4,
    MREMAP_MAYMOVE_FLAG = 1,
    MADV_DONTNEED_VALUE = 4
};

static uint64_t pages_up(uint64_t size) {
    return (size + MEMORY_PAGE - 1) & ~(uint64_t)(MEMORY_PAGE - 1);
}

static unsigned flags_of(uint64_t protection) {
    return (protection & PROT_READ_FLAG ? MEMORY_READ : 0u) |
           (protection & PROT_WRITE_FLAG ? MEMORY_READ | MEMORY_WRITE : 0u) |
           (protection & PROT_EXECUTE_FLAG ? MEMORY_READ | MEMORY_EXECUTE : 0u) | MEMORY_MAPPED;
}

/* A range of whole pages in one arena. */
static bool is_range(const struct process *process, uint64_t address, uint64_t size) {
    return address % MEMORY_PAGE == 0 && size > 0 && size <= process->machine->map_size &&
           memory_covers(&process->memory, address, size);
}

/* Below all mappings; 0: no room. */
static uint64_t find_room(const struct process *process, uint64_t size) {
    uint64_t room = process->state.map_next - process->machine->map_first;

    return size <= room ? process->state.map_next - size : 0;
}

/* What begins at the lowest mapping was given back: the next one may lie there again. */
static void rise(struct process *process) {
    struct process_state *state = &process->state;
    uint64_t top = process->stack_top - PROCESS_STACK_SIZE - 256 * MEMORY_PAGE;

    while (state->map_next < top &&
           !(*memory_flags(&process->memory, state->map_next) & MEMORY_MAPPED))
        state->map_next += MEMORY_PAGE;
}

/* The bytes of the file that a mapping shows; false: errno in *error. */
static bool mapped_bytes(struct process *process, const uint64_t *arguments, const uint8_t **bytes,
                         uint64_t *count, int64_t *error) {
    const struct process_descriptor *descriptor;
    const struct file *file;

    *error = -EBADF;
    if (arguments[4] >= PROCESS_DESCRIPTORS)
        return false;
    descriptor = &process->state.descriptors[arguments[4]];
    if (descriptor->kind != DESCRIPTOR_FILE)
        return false;
    *error = -EACCES;
    if ((arguments[3] & MAP_SHARED_FLAG) && (arguments[2] & PROT_WRITE_FLAG))
        return false;
    *error = -EINVAL;
    if (arguments[5] % MEMORY_PAGE != 0)
        return false;
    file = &process->files.files[descriptor->file];
    *error = -ENODEV;
    if (file->is_directory)
        return false;
    *bytes = file->bytes;
    *count = 0;
    if (arguments[5] < file->size) {
        *bytes = file->bytes + arguments[5];
        *count = file->size - arguments[5];
    }
    return true;
}

/* The first mapping of the code under test, by its loader, is put where the image has it, so that
 * its addresses are those of the file's symbols. */
static uint64_t placed(struct process *process, const uint64_t *arguments, uint64_t size) {
    const struct process_descriptor *descriptor;

    if (!process->stub_bytes || (arguments[3] & MAP_ANONYMOUS_FLAG) || arguments[5] != 0 ||
        size > process->code_last - process->code_first ||
        memory_is_used(&process->memory, process->code_first, size))
        return 0;
    descriptor = &process->state.descriptors[arguments[4]];
    return strcmp(process->files.files[descriptor->file].path, process->files.code) == 0
               ? process->code_first
               : 0;
}

/* An audit changes the code in the image. */
static void put_code(struct process *process, uint64_t address) {
    if (process->stub_bytes && address >= process->code_first && address < process->code_last)
        process_put_code(process);
}

static int64_t call_mmap(struct process *process, const uint64_t *arguments) {
    uint64_t address = arguments[0], size = pages_up(arguments[1]), count = 0, flags = arguments[3];
    const uint8_t *bytes = NULL;
    int64_t error;

    if (arguments[1] == 0 || arguments[1] > process->machine->map_size)
        return arguments[1] == 0 ? -EINVAL : -ENOMEM;
    if (!(flags & MAP_ANONYMOUS_FLAG) && !mapped_bytes(process, arguments, &bytes, &count, &error))
        return error;
    if (flags & (MAP_FIXED_FLAG | MAP_NOREPLACE_FLAG)) {
        if (!is_range(process, address, size))
            return -ENOMEM;
        if ((flags & MAP_NOREPLACE_FLAG) && memory_is_used(&process->memory, address, size))
            return -EEXIST;
    } else {
        address = placed(process, arguments, size);
        if (address == 0)
            address = find_room(process, size);
        if (address == 0)
            return -ENOMEM;
    }
    if (arguments[2] != 0 && process->state.mapped + size > PROCESS_MAPPED_MAX)
        return -ENOMEM;
    process->state.mapped += arguments[2] != 0 ? size : 0;
    process->budget -= (int64_t)(size / 512);
    memory_map(&process->memory, address, size, flags_of(arguments[2]), bytes,
               count < size ? count : size);
    if (address >= process->machine->map_first && address < process->state.map_next)
        process->state.map_next = address;
    if ((arguments[2] & PROT_EXECUTE_FLAG) && bytes) {
        put_code(process, address);
        process_code_scan(process, address, bytes, count < size ? count : size);
    }
    return (int64_t)address;
}

/* The offset in pages. */
static int64_t call_mmap2(struct process *process, const uint64_t *arguments) {
    uint64_t bytes[6];

    memcpy(bytes, arguments, sizeof bytes);
    bytes[5] *= MEMORY_PAGE;
    return call_mmap(process, bytes);
}

/* The arguments in memory. */
static int64_t call_mmap_narrow(struct process *process, const uint64_t *arguments) {
    uint64_t words[6];

    return system_words_in(process, arguments[0], words, 6) ? call_mmap(process, words) : -EFAULT;
}

static int64_t call_munmap(struct process *process, const uint64_t *arguments) {
    uint64_t size = pages_up(arguments[1]);

    if (!is_range(process, arguments[0], size))
        return -EINVAL;
    for (uint64_t at = arguments[0]; at < arguments[0] + size; at += MEMORY_PAGE) {
        if (*memory_flags(&process->memory, at) & MEMORY_READ)
            process->state.mapped -= process->state.mapped >= MEMORY_PAGE ? MEMORY_PAGE : 0;
    }
    process->budget -= (int64_t)(size / 4096);
    memory_unmap(&process->memory, arguments[0], size);
    rise(process);
    return 0;
}

static int64_t call_mprotect(struct process *process, const uint64_t *arguments) {
    uint64_t size = pages_up(arguments[1]);

    if (arguments[1] == 0)
        return 0;
    if (!is_range(process, arguments[0], size) ||
        !memory_is_mapped(&process->memory, arguments[0], size))
        return -ENOMEM;
    for (uint64_t at = arguments[0]; at < arguments[0] + size; at += MEMORY_PAGE) {
        bool was = *memory_flags(&process->memory, at) & MEMORY_READ;

        if (!was && arguments[2] != 0)
            process->state.mapped += MEMORY_PAGE;
    }
    if (process->state.mapped > PROCESS_MAPPED_MAX)
        return -ENOMEM;
    process->budget -= (int64_t)(size / 4096);
    memory_protect(&process->memory, arguments[0], size, flags_of(arguments[2]));
    if (arguments[2] & PROT_EXECUTE_FLAG) {
        const uint8_t *bytes = memory_readable(&process->memory, arguments[0], size);

        if (bytes)
            process_code_scan(process, arguments[0], bytes, size);
    }
    return 0;
}

/* Of the heap: what was there reads as zero where it can be read at all. */
static void give_back(struct process *process, uint64_t address, uint64_t size) {
    process->budget -= (int64_t)(size / 512);
    memory_clear(&process->memory, address, size);
    memory_unmap(&process->memory, address, size);
}

static int64_t call_brk(struct process *process, const uint64_t *arguments) {
    struct process_state *state = &process->state;
    uint64_t wanted = arguments[0], from = pages_up(state->brk), to = pages_up(wanted);

    if (wanted < state->brk_first || wanted > state->brk_first + PROCESS_BRK_SIZE / 2)
        return (int64_t)state->brk;
    if (to > from)
        memory_map(&process->memory, from, to - from, flags_of(PROT_READ_FLAG | PROT_WRITE_FLAG),
                   NULL, 0);
    else if (to < from)
        give_back(process, to, from - to);
    state->brk = wanted;
    return (int64_t)wanted;
}

static int64_t call_mremap(struct process *process, const uint64_t *arguments) {
    uint64_t from = arguments[0], size = pages_up(arguments[1]), wanted = pages_up(arguments[2]);
    const uint64_t unmap[] = {from + wanted, size - wanted};
    const uint64_t whole[] = {from, size};
    unsigned flags;
    uint64_t to;
    const uint8_t *bytes;

    if (!is_range(process, from, size) || wanted == 0 ||
        !memory_is_mapped(&process->memory, from, size) || arguments[3] & ~1ull)
        return -EINVAL;
    if (wanted <= size)
        return wanted < size ? (call_munmap(process, unmap), (int64_t)from) : (int64_t)from;
    to = find_room(process, wanted);
    if (!(arguments[3] & MREMAP_MAYMOVE_FLAG) || to == 0 || wanted > PROCESS_MAPPED_MAX ||
        process->state.mapped + wanted > PROCESS_MAPPED_MAX)
        return -ENOMEM;
    flags = *memory_flags(&process->memory, from) & MEMORY_GUEST;
    bytes = memory_readable(&process->memory, from, size);
    if (!bytes)
        return -EFAULT;
    memory_map(&process->memory, to, wanted, flags, NULL, 0);
    /* What was never written is zero at both. */
    for (uint64_t at = 0; at < size; at += MEMORY_PAGE) {
        if (!(*memory_flags(&process->memory, from + at) & MEMORY_TOUCHED))
            continue;
        memory_put(&process->memory, to + at, bytes + at, MEMORY_PAGE);
        process->budget -= MEMORY_PAGE / 8;
    }
    process->state.map_next = to;
    process->state.mapped += wanted;
    call_munmap(process, whole);
    return (int64_t)to;
}

static int64_t call_madvise(struct process *process, const uint64_t *arguments) {
    uint64_t size = pages_up(arguments[1]);

    if (arguments[1] == 0 || arguments[2] != MADV_DONTNEED_VALUE)
        return 0;
    if (!is_range(process, arguments[0], size) ||
        !memory_is_mapped(&process->memory, arguments[0], size))
        return -ENOMEM;
    process->budget -= (int64_t)(size / 512);
    for (uint64_t at = arguments[0]; at < arguments[0] + size; at += MEMORY_PAGE) {
        if (*memory_flags(&process->memory, at) & MEMORY_WRITE)
            memory_clear(&process->memory, at, MEMORY_PAGE);
    }
    return 0;
}

const struct system_call system_memory[] = {
    {9, "mmap", call_mmap, 0, 0, 0},
    {10, "mprotect", call_mprotect, 0, 125, 0},
    {11, "munmap", call_munmap, 0, 91, 0},
    {12, "brk", call_brk, 0, 45, 0},
    {25, "mremap", call_mremap, 0, 163, 0},
    {28, "madvise", call_madvise, 0, 219, 0},
    {149, "mlock", NULL, 0, 150, 0},
    {150, "munlock", NULL, 0, 151, 0},
    {237, "mbind", NULL, -ENOSYS, 274, 0},
    {239, "get_mempolicy", NULL, -ENOSYS, 275, 0},
    /* i386 alone. */
    {SYSTEM_NONE, "mmap", call_mmap_narrow, 0, 90, 0},
    {SYSTEM_NONE, "mmap2", call_mmap2, 0, 192, 0},
};
const size_t system_memory_count = sizeof system_memory / sizeof system_memory[0];
