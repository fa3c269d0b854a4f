/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_MACHINE_H
#define HVSPEC_HARNESS_MACHINE_H

#include "emulator/guest/guest.h"
#include "emulator/lift/lift.h"
#include "harness/symbolic/solver.h"
#include "harness/symbolic/term.h"

/*
 * A machine whose input is unknown: every register, the stack, the buffer that it is handed, and
 * what each CPUID returns. It runs a probe's code along every path that some input takes, and keeps
 * for each what has to hold on it. Whatever it cannot follow exactly ends a path as open.
 */

/* Where an address may lead. Each but the first has a base that is not known. */
enum machine_space {
    MACHINE_STATIC, /* the image, at its own addresses */
    MACHINE_STACK,  /* offset 0: the caller's frame, just above the return address */
    MACHINE_OUT,    /* the buffer that $out points to */
    MACHINE_THREAD, /* around the thread pointer */
    MACHINE_STRINGS,
    MACHINE_START,   /* what constructors are given: argv, environment and a name */
    MACHINE_HEAP,    /* what malloc and its like have given, piece by piece */
    MACHINE_CONTEXT, /* the buffer that $context points to: zero when a boot starts */
    MACHINE_SPACES
};

/* Whether what is written there is found by the next call of a boot. */
static inline bool machine_outlives(enum machine_space space) {
    return space == MACHINE_STATIC || space == MACHINE_THREAD || space == MACHINE_HEAP ||
           space == MACHINE_CONTEXT;
}

/* A byte: the one at `byte` of a term's value, from the lowest up. Value 0: as it was. */
struct machine_cell {
    term_id value;
    uint8_t byte;
};

/* The bytes of a space that were written or looked at, by offset. */
struct machine_memory {
    int64_t *offsets;
    struct machine_cell *cells; /* value 0: an empty slot */
    size_t count, capacity;     /* a power of two; 0: none */
};

/* What a leaf returns: the same wherever the same leaf, and subleaf where that matters, is read. */
struct machine_leaf {
    term_id leaf, subleaf; /* subleaf 0: of a hypervisor's leaf, which answers alike for all */
    term_id values[4];     /* unknowns: EAX, EBX, ECX, EDX */
};

/* A CPUID on a path. */
struct machine_read {
    term_id guard; /* under which it happens; a term of one bit */
    term_id leaf, subleaf;
    unsigned index; /* of the machine_leaf */
    uint64_t address;
    unsigned question; /* from 1; 0: ahead of the first one */
};

enum machine_end {
    MACHINE_RUNS,
    MACHINE_RETURNED,
    MACHINE_FAULTED, /* some input makes it do what a call may not do: `reason` says what */
    MACHINE_OPEN     /* it cannot be followed further: `reason` says why */
};

/* Why a path ended, or what it did: bits, as more than one may happen on it. */
enum machine_note {
    MACHINE_STORED = 1u << 0, /* outside its frame and the buffer */
    MACHINE_CLOCK = 1u << 1,  /* read a clock or a random source */
    MACHINE_FRAME = 1u << 2,  /* wrote to the caller's frame */
    MACHINE_GUESSED = 1u << 3 /* the solver did not know whether a branch is possible */
};

struct machine_frame {
    uint64_t function; /* that was called */
};

struct machine_terms {
    term_id *ids;
    size_t count, capacity;
};

struct machine_state {
    uint64_t pc;
    struct machine_cell *registers; /* as many as the layout says */
    struct machine_memory spaces[MACHINE_SPACES];
    struct machine_terms path;   /* all hold */
    size_t path_before;          /* how many of them are older than the call, or of its entry */
    struct machine_terms axioms; /* true of every table */
    struct machine_read *reads;
    size_t reads_count, reads_capacity;
    unsigned *leaves; /* indices of the machine_leafs that it, or what is asked of it, speaks of */
    size_t leaves_count, leaves_capacity;
    struct machine_terms freed; /* pieces of the heap that were given back */
    struct machine_frame *frames;
    size_t frames_count, frames_capacity;
    uint64_t *values; /* unknowns for which the path is taken; by index */
    size_t values_count;
    /* Where an answer's place is watched: whether it was written (one bit), and what the callback
     * was last called with: the answer, the value (64 bits; 0: it was not called). */
    term_id answered, callback[2];
    unsigned question;
    uint64_t steps;        /* instructions in this call */
    uint64_t reads_before; /* reads ahead of this call */
    enum machine_end end;
    bool is_uninterrupted; /* interrupts are off, as they are not where calls begin */
    bool is_gone; /* no input takes it any more: others have taken over */
    unsigned notes;
    const char *reason;
    uint64_t at; /* the address that the end or the first note is about */
};

struct machine_options {
    const struct image *image;
    const struct guest_setup *setup;
    bool present;                    /* leaf 1 announces a hypervisor */
    const struct cpuid_values *once; /* a signature that no further base repeats; NULL: any may */
    unsigned stack_zeros;            /* low bits of the stack's base that are 0, besides those... */
    uint64_t stack_low; /* ...which this says: 0 to 2^stack_zeros - 1, a multiple of 16 */
    double deadline;    /* seconds, of clock_seconds */
    size_t states_max;
    bool joins; /* paths that part and meet again go on as one */
    unsigned query_limit; /* milliseconds of a query */
    uint64_t effort;      /* of all queries: solver_set_effort; 0: times alone limit them */
};

struct machine;

/* NULL, and *why (static) says why: built without, or 16-bit code, or out of memory. */
struct machine *machine_new(const struct machine_options *options, const char **why);
void machine_free(struct machine *machine);

struct terms *machine_terms_of(struct machine *machine);
struct solver *machine_solver_of(struct machine *machine);
const struct lift_layout *machine_layout(const struct machine *machine);

/* As the image is loaded, nothing called yet. NULL: out of memory. */
struct machine_state *machine_start(struct machine *machine);
struct machine_state *machine_copy(const struct machine *machine,
                                   const struct machine_state *state);
void machine_state_free(struct machine_state *state);

enum machine_call {
    MACHINE_CALLS_RESOLVER,    /* without arguments */
    MACHINE_CALLS_CONSTRUCTOR, /* with what loaders give one */
    MACHINE_CALLS_BEFORE,      /* with the context, where the setup has one */
    MACHINE_CALLS_QUESTION
};

/* Makes the state the start of a call: of `function`, with `target` (a term of 32 bits) as its
 * question; 0 where it is none. False: out of memory. */
bool machine_call(struct machine *machine, struct machine_state *state, enum machine_call kind,
                  uint64_t function, term_id target);

/* Makes one state of two that an input may be in: of `a`, and frees `b`. Between calls only what
 * outlives a call counts; else both are at the same place of the same call. */
void machine_merge(struct machine *machine, struct machine_state *a, struct machine_state *b,
                   bool between_calls);

/* Runs the call that the state, which is taken over, starts. Gives each state in which it ends to
 * `ended`, which takes it over and returns false to stop. */
typedef bool machine_ended(void *context, struct machine_state *state);
void machine_run(struct machine *machine, struct machine_state *state, machine_ended *ended,
                 void *context);

/* The leaf's values, for who asks about a table; the state's conditions then speak of it. 0 for
 * subleaf: a hypervisor's leaf. False: out of memory. */
bool machine_leaf_of(struct machine *machine, struct machine_state *state, term_id leaf,
                     term_id subleaf, unsigned *index);
const struct machine_leaf *machine_leaf_at(const struct machine *machine, unsigned index);

/* Whether the state's path and `condition` can hold. */
enum solver_answer machine_ask(struct machine *machine, const struct machine_state *state,
                               term_id condition, uint64_t *values, size_t count);

/* Has a condition hold on the state's path from now on. False: out of memory. */
bool machine_push_condition(struct machine *machine, struct machine_state *state,
                            term_id condition);

/* A register's value, `bytes` of it from byte `from` on. */
term_id machine_register(struct machine *machine, const struct machine_state *state, unsigned reg,
                         unsigned from, unsigned bytes);
/* Bytes at a known place; 0: it may not be read. */
term_id machine_bytes(struct machine *machine, const struct machine_state *state,
                      enum machine_space space, int64_t offset, unsigned bytes);
/* Arithmetic flags in their places, 64 or 32 bits. */
term_id machine_flags_all(struct machine *machine, const struct machine_state *state);

/* The bytes of undefined data that nobody gave and that were taken for zero; *addresses lives as
 * long as the machine. */
#define MACHINE_ASSUMED_MAX 256u
size_t machine_assumed(const struct machine *machine, const uint64_t **addresses);

/* How many pieces of the heap were taken so far, and which one an offset lies in. */
size_t machine_pieces(const struct machine *machine);
size_t machine_piece_at(int64_t offset);

/* The word that was poked behind the thread's data. */
term_id machine_resolved(struct machine *machine, const struct machine_state *state,
                         int64_t offset);

/* The byte as it is kept; value 0: the state has none of its own. */
struct machine_cell machine_cell_at(const struct machine_state *state, enum machine_space space,
                                    int64_t offset);

/* Makes a byte of a state hold one of a term; notes a read of a leaf under a guard. False: out
 * of memory. */
bool machine_poke(struct machine *machine, struct machine_state *state, enum machine_space space,
                  int64_t offset, struct machine_cell cell);
bool machine_note_read(struct machine *machine, struct machine_state *state, term_id leaf,
                       term_id guard);

/* What a call has to leave as it found it: how many such things there are, and whether one is (a
 * term of one bit). */
struct machine_keep {
    term_id kept;
    bool is_stack; /* else a register */
};
size_t machine_keeps(struct machine *machine, const struct machine_state *state,
                     struct machine_keep *keeps, size_t limit);

/* True when an unknown stands for something that is no part of a table or a question: a register at
 * entry, the stack, where things lie. */
bool machine_is_garbage(const struct machine *machine, size_t unknown);

/* True when a path ended as open since an address hangs on more low bits of the stack's base than
 * options.stack_zeros tells. */
bool machine_is_misaligned(const struct machine *machine);

/* The values that a term has on a state's path, and the conditions under which; -1: too many. */
struct machine_value {
    uint64_t number;
    term_id condition;
};
int machine_values(struct machine *machine, struct machine_state *state, term_id id,
                   struct machine_value *values, size_t limit);

#endif
