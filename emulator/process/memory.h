/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_PROCESS_MEMORY_H
#define HVSPEC_EMULATOR_PROCESS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A process's memory: a few arenas of the address space, each of which the engine sees as one
 * region. What is mapped in them, and how, is kept here, a byte a page, and enforced by the
 * host's own page protection: a page is writable on the host only once it was written ("hot"), so
 * that putting memory back copies no others. The arenas are mapped twice, and this code writes
 * through the second mapping, which the host does not protect.
 */
#define MEMORY_PAGE 4096u
#define MEMORY_ARENAS 2u
#define MEMORY_TOUCHED_MAX 98304u /* pages ever written: 384 MiB */
#define MEMORY_STRAYS 64u /* pages that a dying process reached outside all that was mapped */

enum memory_flag {
    MEMORY_READ = 1u << 0,
    MEMORY_WRITE = 1u << 1,
    MEMORY_EXECUTE = 1u << 2,
    MEMORY_MAPPED = 1u << 3, /* also when nothing is allowed */
    MEMORY_GUEST = 0xfu,
    MEMORY_RAN = 1u << 4,     /* the engine may hold a translation of it */
    MEMORY_HOT = 1u << 5,     /* written since its content was last known */
    MEMORY_TOUCHED = 1u << 6, /* on the list of those */
    MEMORY_OPEN = 1u << 7     /* accessible against what the process asked for: it is to die */
};

/* A page's content, shared by snapshots. */
struct memory_page {
    unsigned references;
    uint8_t bytes[MEMORY_PAGE];
};

/* Which pages hold what, in a snapshot: a hash table from page to content. */
struct memory_pages {
    uint64_t *keys; /* page + 1; 0: empty */
    struct memory_page **pages;
    size_t capacity, count; /* capacity: a power of two */
};

struct memory_arena {
    uint64_t first; /* address */
    size_t pages;
    uint8_t *host;  /* what the engine sees */
    uint8_t *alias; /* the same memory, always writable */
    uint8_t *flags; /* enum memory_flag, or-ed, a page */
    struct memory_page **content;
    size_t low, high;           /* pages outside these were never mapped */
    size_t heap_low, heap_high; /* pages of the heap's beginning (memory_keep_heap) */
};

/* Memory as it was at some time. `parent` holds what is not in `pages`. */
struct memory_snapshot {
    struct memory_snapshot *parent; /* NULL: pages that are not listed are zero */
    struct memory_pages pages;
    struct {
        size_t low, high;
        uint8_t *flags; /* of those pages */
    } arenas[MEMORY_ARENAS];
};

struct memory {
    struct memory_arena arenas[MEMORY_ARENAS];
    size_t arenas_count;
    uint64_t *hot, *touched; /* pages: arena << 32 | index */
    uint64_t strays[MEMORY_STRAYS];
    size_t strays_count;
    size_t hot_count, touched_count;
    const struct memory_snapshot *snapshot; /* where everything but the hot pages stands */
    bool layout_changed;                    /* flags are not as in the snapshot */
    uint64_t watched;                       /* page whose first access is noted; 0: none */
    bool watch_hit;
    volatile bool faulted, full; /* full: MEMORY_TOUCHED_MAX */
    volatile uint64_t fault_address;
    bool fault_writes;
    /* Called when code that may be translated changes. */
    void (*forget)(void *context, uint64_t first, uint64_t last);
    void *context;
};

/* False: out of memory. Either way to be closed. */
bool memory_open(struct memory *memory);
void memory_close(struct memory *memory);

/* False: no memory. Arenas lie page-aligned and apart. */
bool memory_add_arena(struct memory *memory, uint64_t first, uint64_t size);
void memory_free(struct memory *memory);
/* To be called once all arenas are there: from then on the host's faults in them are handled
 * (memory_fault.c), until memory_free. */
bool memory_start(struct memory *memory);

/* The engine's access to a host address was refused by the host. True: it may try again. */
bool memory_fault(struct memory *memory, uint64_t host, bool writes);

/* Flags of the page at an address; NULL: in no arena. */
uint8_t *memory_flags(struct memory *memory, uint64_t address);

/* Whether all of a range lies in one arena. */
bool memory_covers(const struct memory *memory, uint64_t address, uint64_t size);

/* Maps whole pages of one arena that begin with `count` bytes; the rest is zero. */
void memory_map(struct memory *memory, uint64_t address, uint64_t size, unsigned flags,
                const void *bytes, uint64_t count);
void memory_unmap(struct memory *memory, uint64_t address, uint64_t size);
void memory_protect(struct memory *memory, uint64_t address, uint64_t size, unsigned flags);
/* Pages that are accessible, and zero, also while nothing is mapped there: where the heap comes and
 * goes with every run, which would be changes of the host's protection each time. */
void memory_keep_heap(struct memory *memory, uint64_t address, uint64_t size);
/* Whether every page of the range is mapped. */
bool memory_is_mapped(struct memory *memory, uint64_t address, uint64_t size);
/* Whether any is. */
bool memory_is_used(struct memory *memory, uint64_t address, uint64_t size);

/* Bytes of mapped pages, wherever they come from: their permissions do not matter. */
void memory_put(struct memory *memory, uint64_t address, const void *bytes, uint64_t size);
void memory_clear(struct memory *memory, uint64_t address, uint64_t size);

/* The range, to be read or written, when the process itself may; NULL: it may not, or the range
 * wraps around or is in several arenas. Size 0: any address that is not NULL. */
const uint8_t *memory_readable(struct memory *memory, uint64_t address, uint64_t size);
uint8_t *memory_writable(struct memory *memory, uint64_t address, uint64_t size);

/* Notes the first access to the page at an address, until memory_restore. */
void memory_watch(struct memory *memory, uint64_t address);

/* Memory as it is now. NULL: out of memory. Everything is unchanged afterwards, as in the snapshot.
 * `parent` is the snapshot that was restored last. */
struct memory_snapshot *memory_take(struct memory *memory);
void memory_drop(struct memory *memory, struct memory_snapshot *snapshot);
/* Has a byte of a page that the snapshot itself holds be another. Snapshots that hang on it keep
 * what they have. */
void memory_amend(struct memory *memory, struct memory_snapshot *snapshot, uint64_t address,
                  uint8_t byte);
/* Puts memory back; false: out of memory. */
void memory_restore(struct memory *memory, const struct memory_snapshot *snapshot);

#endif
