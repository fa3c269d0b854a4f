/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/memory_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMORY_KEY(arena, index) ((uint64_t)(arena) << 32 | (index))

struct memory_arena *memory_arena_of(struct memory *memory, uint64_t key) {
    return &memory->arenas[key >> 32];
}

struct memory_arena *memory_arena_at(const struct memory *memory, uint64_t address) {
    for (size_t i = 0; i < memory->arenas_count; i++) {
        const struct memory_arena *arena = &memory->arenas[i];

        if (address - arena->first < (uint64_t)arena->pages * MEMORY_PAGE)
            return (struct memory_arena *)arena;
    }
    return NULL;
}

size_t memory_index(const struct memory_arena *arena, uint64_t address) {
    return (size_t)((address - arena->first) / MEMORY_PAGE);
}

int memory_host_protection(unsigned flags) {
    if (flags & MEMORY_OPEN)
        return PROT_READ | PROT_WRITE;
    if (!(flags & (MEMORY_READ | MEMORY_WRITE | MEMORY_EXECUTE)))
        return PROT_NONE;
    return (flags & MEMORY_WRITE) && (flags & MEMORY_HOT) ? PROT_READ | PROT_WRITE : PROT_READ;
}

void memory_host_set(const struct memory_arena *arena, size_t first, size_t last, int protection) {
    mprotect(arena->host + first * MEMORY_PAGE, (last - first) * MEMORY_PAGE, protection);
}

bool memory_add_arena(struct memory *memory, uint64_t first, uint64_t size) {
    struct memory_arena *arena = &memory->arenas[memory->arenas_count];
    int descriptor = memfd_create("hvspec-process", MFD_CLOEXEC);
    void *host, *alias;
    bool done;

    if (descriptor < 0)
        return false;
    done = ftruncate(descriptor, (off_t)size) == 0;
    host = mmap(NULL, size, PROT_NONE, MAP_SHARED | MAP_NORESERVE, descriptor, 0);
    alias = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, descriptor, 0);
    close(descriptor);
    memory->arenas_count++;
    *arena = (struct memory_arena){.first = first,
                                   .pages = size / MEMORY_PAGE,
                                   .host = host == MAP_FAILED ? NULL : host,
                                   .alias = alias == MAP_FAILED ? NULL : alias,
                                   .flags = calloc(size / MEMORY_PAGE, 1),
                                   .content = calloc(size / MEMORY_PAGE, sizeof *arena->content),
                                   .low = size / MEMORY_PAGE};
    if (!done || !arena->host || !arena->alias || !arena->flags || !arena->content)
        return false;
    /* The memory is shared with whoever is forked, who must not write to it. */
    madvise(arena->host, size, MADV_DONTFORK);
    madvise(arena->alias, size, MADV_DONTFORK);
    return true;
}

/* --- What is written. --- */

/* Whether the page can be noted. Called from a signal handler, so nothing is allocated. */
static bool memory_heat(struct memory *memory, struct memory_arena *arena, size_t index) {
    uint64_t key = MEMORY_KEY(arena - memory->arenas, index);
    uint8_t *flags = &arena->flags[index];

    if (*flags & MEMORY_HOT)
        return true;
    if (!(*flags & MEMORY_TOUCHED)) {
        if (memory->touched_count == MEMORY_TOUCHED_MAX) {
            memory->full = true;
            return false;
        }
        memory->touched[memory->touched_count++] = key;
    }
    *flags |= MEMORY_HOT | MEMORY_TOUCHED;
    memory->hot[memory->hot_count++] = key;
    if (memory_host_protection(*flags) & PROT_WRITE)
        memory_host_set(arena, index, index + 1, PROT_READ | PROT_WRITE);
    return true;
}

/* A page outside those that memory_restore looks at, which it is to close all the same. */
static void memory_note_stray(struct memory *memory, size_t number, size_t index) {
    struct memory_arena *arena = &memory->arenas[number];

    if (index - arena->low < arena->high - arena->low)
        return;
    if (memory->strays_count < MEMORY_STRAYS) {
        memory->strays[memory->strays_count++] = (uint64_t)number << 32 | index;
        return;
    }
    arena->low = index < arena->low ? index : arena->low;
    arena->high = index >= arena->high ? index + 1 : arena->high;
}

void memory_close_strays(struct memory *memory) {
    while (memory->strays_count > 0) {
        const uint64_t page = memory->strays[--memory->strays_count];
        struct memory_arena *arena = &memory->arenas[page >> 32];
        const size_t index = (uint32_t)page;

        arena->flags[index] &= (uint8_t)~MEMORY_OPEN;
        memory_host_set(arena, index, index + 1, memory_host_protection(arena->flags[index]));
    }
}

bool memory_fault(struct memory *memory, uint64_t host, bool writes) {
    for (size_t i = 0; i < memory->arenas_count; i++) {
        struct memory_arena *arena = &memory->arenas[i];
        uint64_t offset = host - (uint64_t)(uintptr_t)arena->host;
        size_t index = (size_t)(offset / MEMORY_PAGE);
        uint8_t *flags;

        if (offset >= (uint64_t)arena->pages * MEMORY_PAGE)
            continue;
        flags = &arena->flags[index];
        if (memory->watched == arena->first + index * MEMORY_PAGE && !memory->watch_hit) {
            memory->watch_hit = true;
            memory_host_set(arena, index, index + 1, memory_host_protection(*flags));
            return true;
        }
        if ((*flags & MEMORY_WRITE) && !(*flags & MEMORY_HOT) && memory_heat(memory, arena, index))
            return true;
        if (!memory->faulted) {
            memory->faulted = true;
            memory->fault_address = arena->first + offset;
            memory->fault_writes = writes || (*flags & (MEMORY_READ | MEMORY_EXECUTE)) != 0;
        }
        *flags |= MEMORY_OPEN;
        memory->layout_changed = true;
        memory_note_stray(memory, i, index);
        if (!memory_heat(memory, arena, index))
            *flags |= MEMORY_HOT; /* the process is out of memory and dies in this block */
        memory_host_set(arena, index, index + 1, PROT_READ | PROT_WRITE);
        return true;
    }
    return false;
}

/* --- What is mapped. --- */

uint8_t *memory_flags(struct memory *memory, uint64_t address) {
    struct memory_arena *arena = memory_arena_at(memory, address);

    return arena ? &arena->flags[memory_index(arena, address)] : NULL;
}

bool memory_covers(const struct memory *memory, uint64_t address, uint64_t size) {
    const struct memory_arena *arena = memory_arena_at(memory, address);

    return arena && size <= (uint64_t)arena->pages * MEMORY_PAGE - (address - arena->first);
}

void memory_set_flags(struct memory *memory, struct memory_arena *arena, size_t first, size_t last,
                      unsigned guest) {
    size_t run = first;
    int protection = -1;

    if (memory->watched && memory_arena_at(memory, memory->watched) == arena &&
        memory_index(arena, memory->watched) - first < last - first)
        memory->watch_hit = true;
    for (size_t i = first; i < last; i++) {
        bool stays = guest == 0 && i - arena->heap_low < arena->heap_high - arena->heap_low;
        unsigned flags = (arena->flags[i] & ~(MEMORY_GUEST | MEMORY_OPEN)) |
                         (stays ? MEMORY_READ | MEMORY_WRITE : guest);
        int wanted = memory_host_protection(flags);
        bool same = wanted == memory_host_protection(arena->flags[i]);

        arena->flags[i] = (uint8_t)flags;
        if (same ? protection >= 0 : protection != wanted) {
            if (protection >= 0)
                memory_host_set(arena, run, i, protection);
            run = i;
            protection = same ? -1 : wanted;
        }
    }
    if (protection >= 0)
        memory_host_set(arena, run, last, protection);
    if (first < last) {
        arena->low = first < arena->low ? first : arena->low;
        arena->high = last > arena->high ? last : arena->high;
    }
    memory->layout_changed = true;
}

static const uint8_t memory_zeros[MEMORY_PAGE];

void memory_fill(struct memory *memory, struct memory_arena *arena, size_t index,
                 const uint8_t *bytes) {
    uint8_t *at = arena->alias + index * MEMORY_PAGE;

    bytes = bytes ? bytes : memory_zeros;
    if (arena->flags[index] & MEMORY_RAN) {
        if (memcmp(at, bytes, MEMORY_PAGE) == 0)
            return;
        memory->forget(memory->context, arena->first + index * MEMORY_PAGE,
                       arena->first + (index + 1) * MEMORY_PAGE);
        arena->flags[index] &= (uint8_t)~MEMORY_RAN;
    }
    memcpy(at, bytes, MEMORY_PAGE);
}

/* A page that was ever written is noted even when it holds the right bytes already: a snapshot
 * further up may list it with others. */
static void memory_begin(struct memory *memory, struct memory_arena *arena, size_t index,
                         const uint8_t *bytes, uint64_t count) {
    uint8_t page[MEMORY_PAGE];

    if (count < MEMORY_PAGE && count > 0) {
        memset(page, 0, sizeof page);
        memcpy(page, bytes, count);
        bytes = page;
    } else if (count == 0) {
        bytes = memory_zeros;
    }
    if (!(arena->flags[index] & MEMORY_TOUCHED) && bytes == memory_zeros)
        return;
    if (memory_heat(memory, arena, index))
        memory_fill(memory, arena, index, bytes);
}

void memory_map(struct memory *memory, uint64_t address, uint64_t size, unsigned flags,
                const void *bytes, uint64_t count) {
    struct memory_arena *arena = memory_arena_at(memory, address);
    size_t first = memory_index(arena, address), last = first + size / MEMORY_PAGE;

    memory_set_flags(memory, arena, first, last, flags | MEMORY_MAPPED);
    for (size_t i = first; i < last; i++) {
        uint64_t at = (i - first) * MEMORY_PAGE, left = count > at ? count - at : 0;

        memory_begin(memory, arena, i, (const uint8_t *)bytes + at,
                     left < MEMORY_PAGE ? left : MEMORY_PAGE);
    }
}

void memory_unmap(struct memory *memory, uint64_t address, uint64_t size) {
    struct memory_arena *arena = memory_arena_at(memory, address);
    size_t first = memory_index(arena, address);

    memory_set_flags(memory, arena, first, first + size / MEMORY_PAGE, 0);
}

void memory_protect(struct memory *memory, uint64_t address, uint64_t size, unsigned flags) {
    struct memory_arena *arena = memory_arena_at(memory, address);
    size_t first = memory_index(arena, address);

    memory_set_flags(memory, arena, first, first + size / MEMORY_PAGE, flags | MEMORY_MAPPED);
}

void memory_keep_heap(struct memory *memory, uint64_t address, uint64_t size) {
    struct memory_arena *arena = memory_arena_at(memory, address);

    arena->heap_low = memory_index(arena, address);
    arena->heap_high = arena->heap_low + size / MEMORY_PAGE;
    memory_set_flags(memory, arena, arena->heap_low, arena->heap_high, 0);
}

bool memory_is_mapped(struct memory *memory, uint64_t address, uint64_t size) {
    struct memory_arena *arena = memory_arena_at(memory, address);
    size_t first;

    if (!memory_covers(memory, address, size))
        return false;
    first = memory_index(arena, address);
    for (size_t i = 0; i < size / MEMORY_PAGE; i++) {
        if (!(arena->flags[first + i] & MEMORY_MAPPED))
            return false;
    }
    return true;
}

bool memory_is_used(struct memory *memory, uint64_t address, uint64_t size) {
    struct memory_arena *arena = memory_arena_at(memory, address);
    size_t first = memory_index(arena, address);

    for (size_t i = 0; i < size / MEMORY_PAGE; i++) {
        if (arena->flags[first + i] & MEMORY_MAPPED)
            return true;
    }
    return false;
}

/* --- Bytes. --- */

void memory_put(struct memory *memory, uint64_t address, const void *bytes, uint64_t size) {
    struct memory_arena *arena = memory_arena_at(memory, address);
    const uint8_t *from = bytes;

    while (size > 0) {
        size_t index = memory_index(arena, address);
        uint64_t offset = address % MEMORY_PAGE;
        uint64_t part = MEMORY_PAGE - offset < size ? MEMORY_PAGE - offset : size;
        uint8_t *at = arena->alias + index * MEMORY_PAGE + offset;

        /* What is there already needs no copy, no translation anew and no place in a snapshot. */
        if (memcmp(at, from, part) != 0 && memory_heat(memory, arena, index)) {
            if (arena->flags[index] & MEMORY_RAN)
                memory->forget(memory->context, address, address + part);
            memcpy(at, from, part);
        }
        from += part;
        address += part;
        size -= part;
    }
}

void memory_clear(struct memory *memory, uint64_t address, uint64_t size) {
    while (size > 0) {
        uint64_t part = MEMORY_PAGE - address % MEMORY_PAGE;

        part = part < size ? part : size;
        memory_put(memory, address, memory_zeros, part);
        address += part;
        size -= part;
    }
}

static uint8_t *memory_allowed(struct memory *memory, uint64_t address, uint64_t size,
                               unsigned needs) {
    struct memory_arena *arena = memory_arena_at(memory, address);
    size_t first;

    if (size == 0)
        return memory->arenas[0].alias;
    if (!memory_covers(memory, address, size))
        return NULL;
    first = memory_index(arena, address);
    for (size_t i = first; i <= memory_index(arena, address + size - 1); i++) {
        if (!(arena->flags[i] & needs))
            return NULL;
        if (memory->watched == arena->first + i * MEMORY_PAGE && !memory->watch_hit) {
            memory->watch_hit = true;
            memory_host_set(arena, i, i + 1, memory_host_protection(arena->flags[i]));
        }
    }
    return arena->alias + (address - arena->first);
}

const uint8_t *memory_readable(struct memory *memory, uint64_t address, uint64_t size) {
    return memory_allowed(memory, address, size, MEMORY_READ | MEMORY_WRITE | MEMORY_EXECUTE);
}

uint8_t *memory_writable(struct memory *memory, uint64_t address, uint64_t size) {
    struct memory_arena *arena = memory_arena_at(memory, address);
    uint8_t *at = memory_allowed(memory, address, size, MEMORY_WRITE);

    for (uint64_t i = address / MEMORY_PAGE;
         at && size > 0 && i <= (address + size - 1) / MEMORY_PAGE; i++) {
        size_t index = memory_index(arena, i * MEMORY_PAGE);

        if (!memory_heat(memory, arena, index))
            return NULL;
        if (arena->flags[index] & MEMORY_RAN)
            memory->forget(memory->context, i * MEMORY_PAGE, (i + 1) * MEMORY_PAGE);
    }
    return at;
}

void memory_watch(struct memory *memory, uint64_t address) {
    struct memory_arena *arena = memory_arena_at(memory, address);
    size_t index = memory_index(arena, address);

    memory->watched = address;
    memory->watch_hit = false;
    memory_host_set(arena, index, index + 1, PROT_NONE);
}

/* --- Opening and closing. --- */

bool memory_open(struct memory *memory) {
    memory->hot = malloc(MEMORY_TOUCHED_MAX * sizeof *memory->hot);
    memory->touched = malloc(MEMORY_TOUCHED_MAX * sizeof *memory->touched);
    return memory->hot && memory->touched;
}

void memory_close(struct memory *memory) {
    for (size_t i = 0; i < memory->arenas_count; i++) {
        struct memory_arena *arena = &memory->arenas[i];

        if (arena->host)
            munmap(arena->host, arena->pages * MEMORY_PAGE);
        if (arena->alias)
            munmap(arena->alias, arena->pages * MEMORY_PAGE);
        free(arena->flags);
        free(arena->content);
    }
    free(memory->hot);
    free(memory->touched);
    memory->arenas_count = 0;
}
