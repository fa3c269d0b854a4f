/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_MACHINE_INTERNAL_H
#define HVSPEC_HARNESS_MACHINE_INTERNAL_H

/* What machine*.c share. */
#include "harness/symbolic/machine.h"

#define MACHINE_SELECTOR_FS 0x20u /* of segments in 32-bit code... */
#define MACHINE_SELECTOR_GS 0x18u /* ...and of all others */
#define MACHINE_VALUES_MAX 256u   /* that an address, or where a jump leads, may have */

struct disassembly;
struct disassembly_missing;
struct machine_slices;
struct machine_piece {
    term_id base;
    uint64_t size; /* bytes */
};

struct machine {
    struct machine_options options;
    struct terms *terms;
    struct solver *solver;
    struct lift *lift;
    const struct lift_layout *layout;
    unsigned word; /* bits of an address */
    term_id bases[MACHINE_SPACES];
    term_id back;     /* where every call returns to */
    term_id callback; /* where $callback points */
    term_id canary;
    struct machine_leaf *leaves;
    size_t leaves_count, leaves_capacity;
    struct machine_cell *entry_cells; /* registers as the call in hand found them */
    int64_t popped;                   /* bytes of arguments that the function takes off the stack */
    int64_t frame_end; /* stack offset of the first byte that belongs to the caller */
    uint8_t *garbage;  /* by unknown: 1 */
    size_t garbage_capacity;
    struct machine_piece *pieces; /* that were taken, on any path */
    size_t pieces_count, pieces_capacity;
    size_t pieces_before;                  /* the call in hand */
    uint64_t assumed[MACHINE_ASSUMED_MAX]; /* undefined data that was taken for zero */
    size_t assumed_count;
    struct disassembly *disassembly; /* NULL: not needed yet */
    struct machine_slices *slices;   /* NULL: none was made yet */
    struct machine_state **pending;
    size_t pending_count, pending_capacity;
    bool failed;     /* out of memory */
    bool misaligned; /* an address hangs on low bits of where the stack lies */
};

/* state.c */
bool machine_push_term(struct machine_terms *terms, term_id id);
void machine_set_cell(struct machine *machine, struct machine_memory *memory, int64_t offset,
                      struct machine_cell cell);
struct machine_cell machine_get_cell(const struct machine_memory *memory, int64_t offset);
term_id machine_garbage(struct machine *machine, unsigned width);
void machine_end_at(struct machine_state *state, enum machine_end end, const char *reason);
/* A term made of cells, the lowest first, and the other way round. */
term_id machine_join_cells(struct machine *machine, const struct machine_cell *cells,
                           unsigned count);
term_id machine_read_registers(struct machine *machine, const struct machine_state *state,
                               unsigned offset, unsigned bytes);
void machine_write_registers(struct machine *machine, struct machine_state *state, unsigned offset,
                             term_id value);

/* call.c: an unknown address whose low bits are 0. */
term_id machine_base(struct machine *machine, unsigned zeros);
/* An address on the stack. */
term_id machine_frame_at(struct machine *machine, int64_t offset);

/* memory.c: 0, and the state ended: it may not be read, or cannot be said. */
term_id machine_load(struct machine *machine, struct machine_state *state, term_id address,
                     unsigned bytes);
void machine_store(struct machine *machine, struct machine_state *state, term_id address,
                   term_id value);
struct machine_cell machine_first_byte(struct machine *machine, enum machine_space space,
                                       int64_t offset);
/* Bytes of the image's thread-local variables, up to the thread pointer. */
int64_t machine_tls_size(const struct machine *machine);
/* Those, and below them the variables that other files define; or the word that Go's code looks
 * for. */
int64_t machine_tls_below(const struct machine *machine);
/* Where Go's code finds the goroutine that runs it. */
term_id machine_goroutine(struct machine *machine);
bool machine_locate(const struct machine *machine, term_id address, enum machine_space *space,
                    int64_t *offset);

/* heap.c: memory that is taken. Offsets in MACHINE_HEAP say which piece, too. */
/* A piece of memory, apart from all else: its address. 0: the path is over. */
term_id machine_heap_take(struct machine *machine, struct machine_state *state, uint64_t size);
/* Gives a piece back; a null pointer is none. False: the path is over. */
bool machine_heap_give(struct machine *machine, struct machine_state *state, term_id address);
/* The size of the piece at an address; 0: there is none. */
uint64_t machine_heap_size(const struct machine *machine, const struct machine_state *state,
                           term_id address);
/* The offset of a place `within` bytes into a piece. */
int64_t machine_heap_offset(size_t piece, int64_t within);
/* Whether there is a byte. */
bool machine_heap_has(const struct machine *machine, const struct machine_state *state,
                      int64_t offset);
/* The piece whose base a term is; SIZE_MAX: it is none. */
size_t machine_heap_find(const struct machine *machine, term_id base);

/* leaf.c: has a condition hold that is true of every input. */
void machine_axiom(struct machine *machine, struct machine_state *state, term_id axiom);

/* slice.c: which of the conditions bear on one, that is to be asked about under them. False: out of
 * memory. */
bool machine_slice(struct machine *machine, term_id condition, const term_id *conditions,
                   size_t count, bool *taken);
/* Whether those that do, or it, speak of an unknown. */
bool machine_slice_has(const struct machine *machine, size_t unknown);
void machine_slices_free(struct machine_slices *slices);

/* ask.c: as machine_ask, with values: of what does not bear on the condition, those that the state
 * has. */
enum solver_answer machine_ask_beside(struct machine *machine, const struct machine_state *state,
                                      term_id condition, uint64_t *values, size_t count);

/* branch.c */
/* The values that a term has on a path, with the conditions under which: at most `limit`; -1: more,
 * or not known. */
int machine_values(struct machine *machine, struct machine_state *state, term_id id,
                   struct machine_value *values, size_t limit);
/* Whether the path says so in the very words. */
bool machine_is_assumed(const struct machine_state *state, term_id condition);
/* Takes the side on which `condition` holds, which is known to be possible. */
void machine_assume(struct machine *machine, struct machine_state *state, term_id condition);
/* Splits: `state` goes on where the condition does not hold, the returned one (NULL: never) where
 * it does. `state` may end up impossible: *never. */
struct machine_state *machine_split(struct machine *machine, struct machine_state *state,
                                    term_id condition, bool *never);
void machine_add_pending(struct machine *machine, struct machine_state *state);

/* bounds.c: 1, 0: the bounds that the path sets decide a condition; -1: they do not. */
int machine_decide(const struct machine *machine, const struct machine_state *state,
                   term_id condition);
/* tighten.c: has a comparison hold together with those of the call's own path that are of the same
 * term, as one bound. False: there are none, or it cannot be said so, and nothing was done. */
bool machine_tighten(struct machine *machine, struct machine_state *state, term_id condition);
/* What conditions on one term say together, and what either of two such lists says; 0: they are
 * none such, or it is no bound. */
term_id machine_bound_all(struct machine *machine, const term_id *conditions, size_t count);
term_id machine_bound_either(struct machine *machine, const term_id *a, size_t a_count,
                             const term_id *b, size_t b_count);

/* join.c: whether a state that waits is to go on first, or to go on together with this one. */
bool machine_is_ahead(struct machine *machine, const struct machine_state *state);
/* The one of those that wait that is to go on, together with all that are at the same place. */
struct machine_state *machine_take_first(struct machine *machine);

/* flags.c */
term_id machine_flags(struct machine *machine, enum lift_flags what, term_id condition,
                      const term_id thunk[4]);
bool machine_flags_are_known(struct machine *machine);

/* leaf.c */
void machine_cpuid(struct machine *machine, struct machine_state *state);

/* step.c */
void machine_step(struct machine *machine, struct machine_state *state);
/* The instruction at an address; NULL: there is no code, or memory ran out. */
const struct lift_instruction *machine_instruction(struct machine *machine, uint64_t address);
/* The bytes of code at an address, and how many; NULL: there is none, or it can be written. */
const uint8_t *machine_code(const struct machine *machine, uint64_t address, size_t *available);
/* Where FS begins, or GS. */
term_id machine_segment_base(struct machine *machine, bool is_gs);
/* special.c: executes the instruction where it is one of those that are not lifted or that the
 * setup permits. False: it is none. */
bool machine_special(struct machine *machine, struct machine_state *state, bool is_lifted);
void machine_special_free(struct machine *machine);
/* extended.c: where the memory lies that an instruction names. */
term_id machine_operand_address(struct machine *machine, struct machine_state *state,
                                const struct disassembly_missing *missing);
/* Executes one of those that count, gather and mix bits. False: it is none. */
bool machine_extended(struct machine *machine, struct machine_state *state,
                      const struct disassembly_missing *missing);
/* The callback is called, with its way back on the stack. */
void machine_callback(struct machine *machine, struct machine_state *state);
/* trampoline.c: where an address leads to: itself, or where code on the stack there jumps, which is
 * then executed. 0: the path is over. */
term_id machine_trampoline(struct machine *machine, struct machine_state *state, term_id next);
/* import.c: the state is at an undefined symbol's address: what that does. */
bool machine_is_import(const struct machine *machine, uint64_t address);
/* The function that is called at an address: an undefined one, where it is that of its data. */
uint64_t machine_function_at(const struct machine *machine, uint64_t address);
void machine_import(struct machine *machine, struct machine_state *state);

#endif
