/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_IMPORT_H
#define HVSPEC_HARNESS_IMPORT_H

#include "harness/symbolic/internal.h"

/*
 * What import*.c share: models of the functions that a guest provides on the host, a row each. They
 * do what C, POSIX or an ABI says and no more: where those leave something open, it is unknown.
 */
#define IMPORT_BYTES_MAX 4096u
#define IMPORT_STRING_MAX 256u

struct import_call {
    struct machine *machine;
    struct machine_state *state;
    const struct import_row *row;
};

struct import_row {
    const char *name; /* NULL: behind the last row */
    void (*run)(struct import_call *call);
    unsigned form;  /* what tells functions of one kind apart, as `run` has it */
    unsigned bound; /* _chk forms: as in struct guest_provided */
};

extern const struct import_row import_bytes_rows[], import_text_rows[], import_runtime_rows[],
    import_heap_rows[], import_arithmetic_rows[];

/* An argument, as a word. 0: the path is over. */
term_id import_argument(struct import_call *call, unsigned index);

/* Back to where the call came from; what the ABI lets a function change is unknown. */
void import_return(struct import_call *call, term_id result);
/* The same of a function that returns nothing. */
void import_return_nothing(struct import_call *call);
/* Goes on where a condition does not hold, and has the other side return a result. True: nobody
 * goes on. */
bool import_returns_when(struct import_call *call, term_id condition, term_id result);

term_id import_word(struct import_call *call, uint64_t number);
term_id import_at(struct import_call *call, term_id address, uint64_t offset);
/* A byte at an address; 0: the path is over. */
term_id import_byte(struct import_call *call, term_id address, uint64_t offset);

/* An argument that has one value on the path. False: the path is over. */
bool import_number(struct import_call *call, unsigned index, uint64_t *number);
/* Such a number that is a size, at most IMPORT_BYTES_MAX. */
bool import_size(struct import_call *call, unsigned index, uint64_t *size);
/* Whether `size` bytes fit where the row's bound says how much room is. False: the path is over. */
bool import_fits(struct import_call *call, uint64_t size);

/* Ends the path as a program ends that gives up. */
void import_smashed(struct import_call *call);

#endif
