/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_PROVE_KEPT_H
#define HVSPEC_HARNESS_PROVE_KEPT_H

#include "harness/prove/internal.h"

/* What code keeps from one question to the next, byte by byte, for the induction over it. */
#define INDUCT_JOINT 256u /* behind one for each target: what hangs on none, or on several */
#define INDUCT_SHARES 64u /* one for each set of targets that share something, such as a line */
#define INDUCT_UNITS (INDUCT_JOINT + 1u + INDUCT_SHARES)

/* For which targets a condition holds, by their lowest byte. */
struct kept_targets {
    uint64_t bits[4];
};

struct kept_byte {
    enum machine_space space;
    int64_t offset;
    term_id before;           /* at the boot */
    term_id first;            /* as the first question leaves it, in terms of its target */
    term_id now;              /* in the memory that is taken for any... */
    struct machine_cell cell; /* ...where it is a part of this */
    unsigned unit;
    bool is_any, fails;
};

struct induction {
    struct prover *prover;
    const struct machine_state *boot, *after;
    struct kept_byte *bytes;
    size_t count, capacity;
    size_t target;                /* the unknown that is the first question's target... */
    unsigned asked;               /* questions, ahead of the one in that memory */
    bool is_fixed;                /* ...unless the probe is asked for one feature only */
    term_id filled[INDUCT_UNITS]; /* whether a unit is as a question left it; 0: no such unit */
    bool grew;                    /* a question wrote what the first one did not */
    struct kept_targets shares[INDUCT_SHARES]; /* of the units behind the joint one */
    unsigned shares_count;
};

/* NULL: that byte is not kept. */
struct kept_byte *induct_find(struct induction *induction, enum machine_space space,
                              int64_t offset);

/* Calls `visit` for each byte that a state has of what outlives a call. False: it said so. */
bool induct_each(struct induction *induction, const struct machine_state *state,
                 bool (*visit)(struct induction *induction, enum machine_space space,
                               int64_t offset, term_id value));

/* A byte that a first question leaves with a value, which may be the one that it has anyway. False:
 * out of memory. */
bool induct_note(struct induction *induction, enum machine_space space, int64_t offset,
                 term_id value);

/* For induct_each: notes those that the first question changed. */
bool induct_note_first(struct induction *induction, enum machine_space space, int64_t offset,
                       term_id value);

/* remember.c: whether the first question read 0x40000000, with unknowns replaced (NULL: none are).
 */
term_id induct_read_base(struct induction *induction, const struct machine_state *state,
                         const term_id *with, size_t count);

/* What replaces the first question's unknowns when its target is `target` (8 bits). The leaves that
 * hang on the target are those of the other one then. To be freed; NULL: out of memory. */
term_id *induct_replacing(struct induction *induction, struct machine_state *state, unsigned unit,
                          term_id target, size_t *count);

/* A state in which any number of questions were asked. NULL: out of memory. */
struct machine_state *induct_any(struct induction *induction);

#endif
