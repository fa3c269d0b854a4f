/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_CPUID_TABLE_H
#define HVSPEC_EMULATOR_CPUID_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A scripted CPUID: what every leaf and subleaf returns. Pure data and a lookup. A table is never
 * changed once it is filled; a run that differs from it in a few places (a twin) looks at it
 * through a list of changes, so that no twin costs a copy.
 */
#define CPUID_BASE 0x40000000u       /* the hypervisor's first leaf: maximum and signature */
#define CPUID_BLOCK_LAST 0x400000ffu /* the last leaf of the block that belongs to it */
#define CPUID_BASES_LAST 0x4000ffffu /* where interfaces are looked for, 0x100 leaves apart */
#define CPUID_ROW 16u                /* leaves in a vendor's range, 0x400000X0-0x400000XF */
#define CPUID_SPACE_LAST 0x4fffffffu /* the last leaf that processors leave to hypervisors */
#define CPUID_PRESENT (1u << 31)     /* leaf 1, ECX: set by a hypervisor */

struct cpuid_values {
    uint32_t eax, ebx, ecx, edx;
};

enum cpuid_register {
    CPUID_EAX = 1u << 0,
    CPUID_EBX = 1u << 1,
    CPUID_ECX = 1u << 2,
    CPUID_EDX = 1u << 3,
    CPUID_ALL = 0xfu
};

/* One of the four. */
static inline uint32_t cpuid_register_of(const struct cpuid_values *values,
                                         enum cpuid_register reg) {
    return reg == CPUID_EAX   ? values->eax
           : reg == CPUID_EBX ? values->ebx
           : reg == CPUID_ECX ? values->ecx
                              : values->edx;
}

/* What a leaf returns that no line of the table names. */
enum cpuid_fill {
    CPUID_FILL_ZERO,
    CPUID_FILL_HIGHEST_BASIC, /* the highest basic leaf, as Intel's processors do */
    CPUID_FILL_BASE,          /* leaf 0x40000000 again, as old bhyve did */
    CPUID_FILL_JUNK,          /* a fixed function of seed, leaf and subleaf; EAX is never 0 */
    CPUID_FILL_VALUES         /* the given values */
};

struct cpuid_default {
    enum cpuid_fill fill;
    struct cpuid_values values; /* CPUID_FILL_VALUES only */
};

struct cpuid_leaf {
    uint32_t leaf, subleaf;
    bool every_subleaf; /* the subleaf is ignored */
    struct cpuid_values values;
};

/* What holds in a table whatever changes it: a caller's guarantee. All zero: nothing. */
#define CPUID_PINS_PROCESSOR 8u
struct cpuid_pins {
    bool signature_once; /* no further base (0x40000100, 0x40000200, ...) repeats the signature */
    bool has_interface;
    uint32_t interface; /* EAX of leaf 0x40000001 */
    /* Leaves of the processor's own, the same in every subleaf. Who is there (leaf 1, ECX bit 31)
     * is the table's to say all the same. */
    struct {
        uint32_t leaf;
        struct cpuid_values values;
    } processor[CPUID_PINS_PROCESSOR];
    size_t processor_count;
};

struct cpuid_table {
    struct cpuid_values base;      /* leaf 0x40000000 */
    bool present;                  /* leaf 1, ECX bit 31, even where leaf 1 is listed */
    struct cpuid_default unlisted; /* hypervisor leaves up to the maximum that are not listed */
    struct cpuid_default beyond;   /* hypervisor leaves above the maximum that are not listed */
    uint64_t junk_seed;
    struct cpuid_pins pins;
    size_t count;
    struct cpuid_leaf *leaves; /* owned; sorted by leaf, then subleaf */
};

/* How a run's CPUID differs from its table. Changes apply in order. */
enum cpuid_change_kind {
    CPUID_CHANGE_SET,       /* the named registers get `values` */
    CPUID_CHANGE_XOR,       /* the named registers are XORed with `values` */
    CPUID_CHANGE_FILL,      /* the named registers come from `fill`, junk seeded with `seed` */
    CPUID_CHANGE_FLATTEN,   /* every subleaf of a hypervisor leaf answers as its subleaf 0; nothing
                               else is used */
    CPUID_CHANGE_PROCESSOR, /* every leaf outside 0x40000000-0x4fffffff, also one that is listed,
                               returns what the processor with index `seed` does (processors.h), but
                               for the presence bit; what echoes the highest basic leaf stays;
                               nothing else is used */
    CPUID_CHANGE_PATTERN,   /* the named registers get `values` where pattern `seed` (pattern.h) has
                               the leaf, and zero where it has not */
    CPUID_CHANGE_SWAP_ROWS  /* the listed leaves of rows `first` and `last` (0 to 15: sixteen leaves
                               each, the vendors' ranges) change places, BASE's column aside when
                               row 0 is one of them; nothing else is used */
};

struct cpuid_change {
    enum cpuid_change_kind kind;
    unsigned registers;         /* enum cpuid_register, or-ed */
    uint32_t first, last;       /* leaves changed, both included */
    bool only_subleaf_0;        /* else every subleaf */
    bool echoes_stay;           /* what echoes a changed leaf does not follow it */
    uint32_t except;            /* a leaf in between that stays; 0: none */
    struct cpuid_values values; /* SET, XOR */
    enum cpuid_fill fill;       /* FILL; CPUID_FILL_VALUES uses `values` */
    uint64_t seed;              /* FILL with junk */
};

/* A table seen through changes. `maximum` is EAX of BASE after them (see cpuid_view). */
struct cpuid_view {
    const struct cpuid_table *table;
    const struct cpuid_change *changes;
    size_t changes_count;
    uint32_t maximum;
};

/* Lists one leaf. False: out of memory, or the same leaf and subleaf is listed already
 * (every_subleaf lists them all); a subleaf that a listed leaf lacks is unlisted. BASE and anything
 * else may be listed; a listed BASE with a subleaf takes precedence over table->base. */
bool cpuid_table_add(struct cpuid_table *table, struct cpuid_leaf leaf);

/* Frees the leaves; the table may be filled again. */
void cpuid_table_clear(struct cpuid_table *table);

/* What CPUID returns. Never fails: each of the 2^64 inputs has an answer. Leaves outside
 * 0x40000000-0x4fffffff that are not listed come from one plausible, vendor-neutral processor, out
 * of its ranges from the highest basic leaf. */
struct cpuid_values cpuid_lookup(const struct cpuid_view *view, uint32_t leaf, uint32_t subleaf);

/* What a leaf returns under the table's pins, of what it returns without them. */
struct cpuid_values cpuid_pinned(const struct cpuid_table *table, uint32_t leaf,
                                 struct cpuid_values values);

/* The table as seen through changes, neither of which is copied. Inline, as it is made for every
 * run: most tables list BASE apart and nothing below it. */
static inline struct cpuid_view cpuid_view(const struct cpuid_table *table,
                                           const struct cpuid_change *changes,
                                           size_t changes_count) {
    struct cpuid_view view = {table, changes, changes_count, table->base.eax};

    /* BASE never depends on the maximum, so it can be looked up before that is known. */
    if (changes_count > 0 || (table->count > 0 && table->leaves[0].leaf <= CPUID_BASE))
        view.maximum = cpuid_lookup(&view, CPUID_BASE, 0).eax;
    return view;
}

/* Whether some subleaf of BASE returns something else than another. */
bool cpuid_base_has_subleaves(const struct cpuid_table *table);

/* True for 0x40000100, 0x40000200, ... 0x4000ff00, where further interfaces announce themselves. */
static inline bool cpuid_is_further_base(uint32_t leaf) {
    return leaf > CPUID_BASE && leaf <= CPUID_BASES_LAST && leaf % 0x100 == 0;
}

/* True for 0x40000000-0x4fffffff. */
static inline bool cpuid_is_hypervisor_leaf(uint32_t leaf) {
    return leaf >= CPUID_BASE && leaf <= CPUID_SPACE_LAST;
}

#endif
