/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_GUEST_PROVIDED_H
#define HVSPEC_EMULATOR_GUEST_PROVIDED_H

#include "emulator/guest/internal.h"

/*
 * Undefined functions that are there all the same, a row each: what compilers and small libraries
 * count on. Most run on the host, over memory checked byte range by byte range; those that call
 * back or keep all registers are machine code. Which there are is documented in
 * harness/MANIFEST.md.
 */
struct guest_provided {
    const char *name;
    /* What a call returns; NULL: `code` runs. */
    uint64_t (*run)(struct guest *guest, const struct guest_provided *function);
    unsigned form; /* what tells functions of one kind apart, as `run` has it */
    /* _chk forms: which argument, counted from 1, holds the size of what the first one points to;
     * 0: none. More than that is never written. */
    unsigned bound;
    struct guest_provided_code {
        const char *bytes;
        size_t size;
    } code[3]; /* 64-bit, 32-bit, and 64-bit by Microsoft's convention where that differs */
};

/* A row that runs on the host. */
#define GUEST_PROVIDED_RUN(name, run, form, bound)                                                 \
    {                                                                                              \
        name, run, form, bound, {                                                                  \
            {NULL, 0}, {NULL, 0}, {                                                                \
                NULL, 0                                                                            \
            }                                                                                      \
        }                                                                                          \
    }

/* The rows, ended by one without a name. */
extern const struct guest_provided guest_provided_strings[], guest_provided_searches[],
    guest_provided_heap[], guest_provided_runtime[], guest_provided_arithmetic[],
    guest_provided_instrumentation[], guest_provided_code[];

/* What the host does for the guest counts against the call's budget: an instruction for each unit.
 * False: out of budget. */
bool guest_provided_charge(struct guest *guest, uint64_t units);

/* `size` bytes at an address, on the host; NULL: the call is over. */
uint8_t *guest_provided_bytes(struct guest *guest, uint64_t address, uint64_t size, bool write);

/* How many bytes of a string, at most `limit`, which is not 0, can be looked at together at an
 * address: those at *bytes, to see where it ends; NULL: one, which has to be read first. */
size_t guest_provided_ahead(const struct guest *guest, uint64_t address, uint64_t limit,
                            const uint8_t **bytes);

/* Reads and charges what the guest would byte by byte; NULL: the call is over. */
const uint8_t *guest_provided_read(struct guest *guest, uint64_t address, size_t size);

/* The length without its zero of the string at an address, at most `limit`; -1: the call is over,
 * as it is when nothing ends the string. */
int64_t guest_provided_length(struct guest *guest, uint64_t address, uint64_t limit);

/* The string that an argument points to, on the host, its zero included; NULL: the call is over. */
const char *guest_provided_text(struct guest *guest, unsigned argument);

/* An address in the guest's memory, read or written; false: the call is over. */
bool guest_provided_get_word(struct guest *guest, uint64_t address, uint64_t *word);
bool guest_provided_put_word(struct guest *guest, uint64_t address, uint64_t word);

/* Whether so many bytes fit where the first argument points, as far as the function knows; false:
 * the call is over, as the C library ends it. */
bool guest_provided_fits(struct guest *guest, const struct guest_provided *function, uint64_t size);

/* heap.c. Aligned to a power of two; 0: there is no more. What lies there is undefined. */
uint64_t guest_heap_take(struct guest *guest, uint64_t size, uint64_t alignment);

#endif
