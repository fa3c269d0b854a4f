/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/memory_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MEMORY_HOT_MAX 256u /* pages that are copied back without having been written */

static struct memory_page memory_unknown; /* content of pages that nobody has mapped any more */

static struct memory_page **memory_pages_find(const struct memory_pages *pages, uint64_t key) {
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 24);

    for (;; at++) {
        size_t slot = at & (pages->capacity - 1);

        if (pages->keys[slot] == key + 1 || pages->keys[slot] == 0) {
            pages->keys[slot] = key + 1;
            return &pages->pages[slot];
        }
    }
}

static const struct memory_page *memory_pages_get(const struct memory_pages *pages, uint64_t key) {
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 24);

    for (;; at++) {
        size_t slot = at & (pages->capacity - 1);

        if (pages->keys[slot] == key + 1)
            return pages->pages[slot];
        if (pages->keys[slot] == 0)
            return NULL;
    }
}

/* NULL: zeros. */
static struct memory_page *memory_content(const struct memory_snapshot *snapshot, uint64_t key) {
    for (; snapshot; snapshot = snapshot->parent) {
        const struct memory_page *page = memory_pages_get(&snapshot->pages, key);

        if (page)
            return (struct memory_page *)page;
    }
    return NULL;
}

static bool memory_pages_init(struct memory_pages *pages, size_t count) {
    pages->capacity = 16;
    while (pages->capacity < 2 * count)
        pages->capacity *= 2;
    pages->keys = calloc(pages->capacity, sizeof *pages->keys);
    pages->pages = calloc(pages->capacity, sizeof(struct memory_page *));
    return pages->keys && pages->pages;
}

static int memory_compare_keys(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* No page is written any more: the next write to it will be noted. The host is told of neighbours
 * at once. */
static void memory_cool(struct memory *memory) {
    const size_t count = memory->hot_count;

    qsort(memory->hot, count, sizeof *memory->hot, memory_compare_keys);
    for (size_t i = 0, next; i < count; i = next) {
        struct memory_arena *arena = memory_arena_of(memory, memory->hot[i]);
        const uint32_t first = (uint32_t)memory->hot[i];
        const int before = memory_host_protection(arena->flags[first]);
        const int cold = memory_host_protection(arena->flags[first] & ~MEMORY_HOT);

        for (next = i; next < count && memory->hot[next] == memory->hot[i] + (next - i); next++) {
            uint8_t *flags = &arena->flags[first + (next - i)];

            if (memory_host_protection(*flags) != before ||
                memory_host_protection(*flags & ~MEMORY_HOT) != cold)
                break;
            *flags &= (uint8_t)~MEMORY_HOT;
        }
        if (cold != before)
            memory_host_set(arena, first, first + (next - i), cold);
    }
    memory->hot_count = 0;
}

static bool memory_take_flags(struct memory *memory, struct memory_snapshot *snapshot) {
    for (size_t i = 0; i < memory->arenas_count; i++) {
        const struct memory_arena *arena = &memory->arenas[i];
        size_t count = arena->high > arena->low ? arena->high - arena->low : 0;

        snapshot->arenas[i].flags = malloc(count + 1);
        if (!snapshot->arenas[i].flags)
            return false;
        snapshot->arenas[i].low = arena->low;
        snapshot->arenas[i].high = arena->low + count;
        for (size_t j = 0; j < count; j++)
            snapshot->arenas[i].flags[j] = arena->flags[arena->low + j] & MEMORY_GUEST;
    }
    return true;
}

struct memory_snapshot *memory_take(struct memory *memory) {
    struct memory_snapshot *snapshot = calloc(1, sizeof *snapshot);

    if (!snapshot)
        return NULL;
    snapshot->parent = (struct memory_snapshot *)memory->snapshot;
    if (!memory_pages_init(&snapshot->pages, memory->hot_count) ||
        !memory_take_flags(memory, snapshot)) {
        memory_drop(memory, snapshot);
        return NULL;
    }
    for (size_t i = 0; i < memory->hot_count; i++) {
        uint64_t key = memory->hot[i];
        struct memory_arena *arena = memory_arena_of(memory, key);
        uint32_t index = (uint32_t)key;
        struct memory_page *page;

        if (!(arena->flags[index] & MEMORY_GUEST)) {
            arena->content[index] = &memory_unknown;
            continue;
        }
        page = malloc(sizeof *page);
        if (!page) {
            memory_drop(memory, snapshot);
            return NULL;
        }
        memcpy(page->bytes, arena->alias + (size_t)index * MEMORY_PAGE, MEMORY_PAGE);
        *memory_pages_find(&snapshot->pages, key) = page;
        arena->content[index] = page;
    }
    if (memory->hot_count > MEMORY_HOT_MAX)
        memory_cool(memory);
    memory->snapshot = snapshot;
    memory->layout_changed = false;
    return snapshot;
}

void memory_drop(struct memory *memory, struct memory_snapshot *snapshot) {
    if (!snapshot)
        return;
    for (size_t i = 0; snapshot->pages.pages && i < snapshot->pages.capacity; i++) {
        struct memory_page *page = snapshot->pages.pages[i];

        if (page) {
            uint64_t key = snapshot->pages.keys[i] - 1;
            struct memory_page **content = &memory_arena_of(memory, key)->content[(uint32_t)key];

            if (*content == page)
                *content = &memory_unknown;
            free(page);
        }
    }
    for (size_t i = 0; i < MEMORY_ARENAS; i++)
        free(snapshot->arenas[i].flags);
    free(snapshot->pages.keys);
    free(snapshot->pages.pages);
    if (memory->snapshot == snapshot)
        memory->snapshot = NULL;
    free(snapshot);
}

void memory_amend(struct memory *memory, struct memory_snapshot *snapshot, uint64_t address,
                  uint8_t byte) {
    struct memory_arena *arena = memory_arena_at(memory, address);
    size_t index = memory_index(arena, address);
    struct memory_page *page =
        *memory_pages_find(&snapshot->pages, (uint64_t)(arena - memory->arenas) << 32 | index);

    page->bytes[address % MEMORY_PAGE] = byte;
    if (arena->content[index] == page)
        arena->content[index] = &memory_unknown;
    memory->snapshot = NULL;
}

#define MEMORY_KEPT (MEMORY_GUEST | MEMORY_OPEN)

/* The first of `count` pages whose flags are not those of the snapshot (NULL: it has none there),
 * eight at a time: large programs reserve a hundred thousand pages. */
static size_t memory_same(const uint8_t *flags, const uint8_t *kept, size_t count) {
    const uint64_t mask = MEMORY_KEPT * UINT64_C(0x0101010101010101);
    uint64_t own, wanted = 0;
    size_t i = 0;

    for (; i + sizeof own <= count; i += sizeof own) {
        memcpy(&own, flags + i, sizeof own);
        if (kept)
            memcpy(&wanted, kept + i, sizeof wanted);
        if ((own & mask) != wanted)
            break;
    }
    while (i < count && (flags[i] & MEMORY_KEPT) == (kept ? kept[i] : 0))
        i++;
    return i;
}

/* Gives the pages in [from, to) the flags that the snapshot has. */
static void memory_restore_range(struct memory *memory, struct memory_arena *arena,
                                 const uint8_t *kept, size_t from, size_t to) {
    for (size_t at = from, end; at < to; at = end) {
        const uint8_t *own_kept = kept ? kept + (at - from) : NULL;
        const size_t same = memory_same(arena->flags + at, own_kept, to - at);
        const unsigned wanted = at + same < to && kept ? own_kept[same] : 0;

        at += same;
        end = at;
        while (end < to && (kept ? kept[end - from] : 0) == wanted)
            end++;
        if (at < end)
            memory_set_flags(memory, arena, at, end, wanted);
    }
}

static size_t memory_between(size_t index, size_t low, size_t high) {
    return index < low ? low : index > high ? high : index;
}

static void memory_restore_flags(struct memory *memory, const struct memory_snapshot *snapshot) {
    for (size_t i = 0; i < memory->arenas_count; i++) {
        struct memory_arena *arena = &memory->arenas[i];
        const size_t low = arena->low, high = arena->high;
        const size_t first = memory_between(snapshot->arenas[i].low, low, high),
                     last = memory_between(snapshot->arenas[i].high, first, high);

        memory_restore_range(memory, arena, NULL, low, first);
        if (first < last)
            memory_restore_range(memory, arena,
                                 snapshot->arenas[i].flags + (first - snapshot->arenas[i].low),
                                 first, last);
        memory_restore_range(memory, arena, NULL, last, high);
    }
    memory->layout_changed = false;
}

void memory_restore(struct memory *memory, const struct memory_snapshot *snapshot) {
    bool moves = memory->snapshot != snapshot;

    if (memory->watched && !memory->watch_hit) {
        struct memory_arena *arena = memory_arena_at(memory, memory->watched);
        size_t index = memory_index(arena, memory->watched);

        memory_host_set(arena, index, index + 1, memory_host_protection(arena->flags[index]));
    }
    memory->watched = 0;
    memory_close_strays(memory);
    if (moves || memory->layout_changed)
        memory_restore_flags(memory, snapshot);
    for (size_t i = 0; i < memory->hot_count; i++) {
        struct memory_arena *arena = memory_arena_of(memory, memory->hot[i]);
        uint32_t index = (uint32_t)memory->hot[i];
        struct memory_page *page;

        if (!(arena->flags[index] & MEMORY_GUEST)) {
            arena->content[index] = &memory_unknown;
            continue;
        }
        page = memory_content(snapshot, memory->hot[i]);
        memory_fill(memory, arena, index, page ? page->bytes : NULL);
        arena->content[index] = page;
    }
    for (size_t i = 0; moves && i < memory->touched_count; i++) {
        struct memory_arena *arena = memory_arena_of(memory, memory->touched[i]);
        uint32_t index = (uint32_t)memory->touched[i];
        struct memory_page *page;

        if (!(arena->flags[index] & MEMORY_GUEST) || arena->flags[index] & MEMORY_HOT)
            continue;
        page = memory_content(snapshot, memory->touched[i]);
        if (arena->content[index] == page)
            continue;
        memory_fill(memory, arena, index, page ? page->bytes : NULL);
        arena->content[index] = page;
    }
    if (memory->hot_count > MEMORY_HOT_MAX)
        memory_cool(memory);
    memory->snapshot = snapshot;
    memory->faulted = memory->full = false;
}
