/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/engine/quirks.h"

#include <stdlib.h>

/*
 * Where versions of Unicorn differ, a row each: what goes wrong without the cure, and from which
 * version until which it does. The tests (engine_quirks_test.c) ask for the same on all of them.
 *
 * One further difference needs no row. From 2.1.4 on, flags that a hook writes are lost behind a
 * comparison (upstream issues 937, 1018), so that no hook here writes them: see special.c.
 */
struct engine_quirk {
    unsigned from, until; /* QUIRK_VERSION; `until` is the first that is right again, 0: none */
    unsigned modes;       /* image modes, or-ed */
    const char *symptom;
    uc_err (*cure)(struct engine_quirks *quirks, uc_engine *uc);
};

#define QUIRK_VERSION(major, minor, patch) ((major) << 24 | (minor) << 16 | (patch) << 8)

/* What the headers know; the library that is found when the program runs may be older. */
#define QUIRK_HEADERS QUIRK_VERSION(UC_API_MAJOR, UC_API_MINOR, 0)
#if QUIRK_HEADERS >= QUIRK_VERSION(2, 1, 0)

/* A processor of this model has what 2.0 executes by default, but for 3DNow!, and POPCNT besides.
 */
static uc_err quirk_choose_model(struct engine_quirks *quirks, uc_engine *uc) {
    (void)quirks;
    return uc_ctl_set_cpu_model(uc, UC_CPU_X86_EPYC);
}

/* Noncanonical addresses, by page, as the engine is made to see them: at the top of the 52 bits
 * that it keeps, where nothing lies since that is not canonical either. */
#define QUIRK_BEYOND 0xf000000000000ull
#define QUIRK_PAGE_MASK (~(uint64_t)(IMAGE_PAGE - 1))

static bool quirk_fill(uc_engine *uc, uint64_t address, uc_mem_type type, uc_tlb_entry *entry,
                       void *data) {
    struct engine_quirks *quirks = data;
    bool canonical = (uint64_t)((int64_t)(address << 16) >> 16) == address;
    unsigned slot;

    (void)uc;
    (void)type;
    entry->perms = UC_PROT_ALL; /* the areas' own are looked at behind this */
    entry->paddr = address;
    if (canonical)
        return true;
    slot = quirks->next++ % ENGINE_BEYOND;
    quirks->beyond[slot] = address & QUIRK_PAGE_MASK;
    entry->paddr = QUIRK_BEYOND + slot * IMAGE_PAGE;
    return true;
}

/* The engine's own way to look addresses up leads through the mask; its other one, for programs
 * without page tables, asks here. Without a hook that way slows every store down a hundredfold. */
static uc_err quirk_keep_addresses(struct engine_quirks *quirks, uc_engine *uc) {
    uc_hook hook;
    uc_err error = uc_ctl_tlb_mode(uc, UC_TLB_VIRTUAL);

    return error == UC_ERR_OK
               ? uc_hook_add(uc, &hook, UC_HOOK_TLB_FILL, (void *)quirk_fill, quirks, 1, 0)
               : error;
}

uint64_t engine_quirk_address(const struct engine_quirks *quirks, uint64_t address) {
    uint64_t slot = (address - QUIRK_BEYOND) / IMAGE_PAGE;

    return address < QUIRK_BEYOND || slot >= ENGINE_BEYOND
               ? address
               : quirks->beyond[slot] + address % IMAGE_PAGE;
}

#else

uint64_t engine_quirk_address(const struct engine_quirks *quirks, uint64_t address) {
    (void)quirks;
    return address;
}

#endif

static const struct engine_quirk quirk_rows[] = {
#if QUIRK_HEADERS >= QUIRK_VERSION(2, 1, 0)
    {QUIRK_VERSION(2, 1, 0), 0, IMAGE_64 | IMAGE_32 | IMAGE_16,
     "SSSE3, SSE4, AES, BMI, ADX and RDTSCP are undefined instructions", quirk_choose_model},
    /* upstream issue 2010 */
    {QUIRK_VERSION(2, 1, 0), 0, IMAGE_64,
     "an address is cut to 52 bits: a pointer that is not canonical reads and writes what lies "
     "below it, and nothing in the upper half of the address space is found",
     quirk_keep_addresses},
#endif
    {.cure = NULL}, /* the end */
};

bool engine_quirks_cure(struct engine_quirks *quirks, uc_engine *uc, enum image_mode mode,
                        struct errors *errors) {
    unsigned version = uc_version(NULL, NULL) & ~0xffu;

    for (const struct engine_quirk *quirk = quirk_rows; quirk->cure; quirk++) {
        uc_err error;

        if (version < quirk->from || (quirk->until > 0 && version >= quirk->until) ||
            !(quirk->modes & mode))
            continue;
        error = quirk->cure(quirks, uc);
        if (error != UC_ERR_OK)
            return errors_fail(errors, "the engine refuses what helps against \"%s\": %s",
                               quirk->symptom, uc_strerror(error));
    }
    return true;
}
