/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_EXAMINE_LONG_BOOT_H
#define HVSPEC_HARNESS_EXAMINE_LONG_BOOT_H

#include "harness/judge/judge.h"

/*
 * Boots with many more questions than a scenario asks: what a probe does wrong only when a table is
 * full, when a counter runs over, or after many of one kind in a row. Pure: which questions, and
 * what was read since the boot.
 */
#define LONG_BOOT_ASKS 2560u
#define LONG_BOOT_WRAPS 0x10100u    /* more than 16 bits count */
#define LONG_BOOT_ASKS_MAX 0x10400u /* of the boots in which they run over */
#define LONG_BOOT_ROWS_ASKS 7020u   /* of the boots of rows */
#define LONG_BOOT_PAIRS_ASKS 765u   /* of a boot of pairs, and of asking alone for its targets */
#define LONG_BOOT_TARGETS 255u      /* leaves of the block above BASE */
#define LONG_BOOT_PHASES 16u

/* What each target showed when asked alone. */
struct long_boot_alone {
    uint32_t targets[LONG_BOOT_TARGETS]; /* distinct, each with an answer; leaves of the block */
    size_t count;
    bool known[LONG_BOOT_TARGETS + 1]; /* by the leaf's last byte */
    struct facts facts[LONG_BOOT_TARGETS + 1];
};

/* Takes in what `target` showed alone. One that gave no answer, or is in already, is left out. */
void long_boot_add(struct long_boot_alone *alone, uint32_t target, const struct facts *facts);

const struct facts *long_boot_alone(const struct long_boot_alone *alone, uint32_t target);

enum long_boot_kind {
    LONG_BOOT_REPEAT,    /* one target, `count` times */
    LONG_BOOT_ABSENT,    /* targets that are absent, one after the other */
    LONG_BOOT_AVAILABLE, /* those that are there */
    LONG_BOOT_TURNED,    /* what has the other answer than another boot's question of that place */
    LONG_BOOT_DRAWN,     /* every target, in the drawn order */
    LONG_BOOT_WALK,      /* every target, from the first leaf to the last and back */
    LONG_BOOT_ROUNDS,    /* the drawn order backwards, forwards, backwards... */
    LONG_BOOT_SHUTTLE,   /* two targets by turns */
};

struct long_boot {
    uint32_t asks[LONG_BOOT_ASKS_MAX];
    size_t count;
    struct {
        enum long_boot_kind kind;
        size_t first, count; /* questions */
    } phases[LONG_BOOT_PHASES];
    size_t phases_count;
};

/* All targets first, then much of one kind in a row, a walk over the block and back, as a loop over
 * its leaves makes it, then all again until LONG_BOOT_ASKS; the last target of the drawn order is
 * available, the one before it absent. */
void long_boot_make(struct long_boot *boot, const struct long_boot_alone *alone, uint64_t seed);

/* A shorter one: few of each kind in a row come first, and the drawn order ends the other way
 * round. */
void long_boot_make_other(struct long_boot *boot, const struct long_boot_alone *alone,
                          uint64_t seed);

/* What long_boot_make makes of the same seed, but that each place gets a target with the other
 * answer: a question whose number decides is asked for what is there and for what is not. Empty
 * where there is one answer only. */
void long_boot_make_turned(struct long_boot *boot, const struct long_boot_alone *alone,
                           uint64_t seed);

/* Rows of one answer, of different targets and of one, each followed by all targets. */
void long_boot_make_rows(struct long_boot *boot, const struct long_boot_alone *alone,
                         uint64_t seed);

/* Two targets by turns, of which one is there and one is not, until a byte that counts the turns
 * has run over: two of one range, two with one last digit and two that differ in one bit, each
 * followed by all targets. What counts by a part of the target's number counts these and no others.
 */
void long_boot_make_shuttle(struct long_boot *boot, const struct long_boot_alone *alone,
                            uint64_t seed);

/* A row of one answer in which a counter of 16 bits runs over, and all targets behind it. */
void long_boot_make_wraps(struct long_boot *boot, const struct long_boot_alone *alone, bool says,
                          uint64_t seed);

/* All targets, and backwards: each ahead of each other. */
void long_boot_make_pairs(struct long_boot *boot, const struct long_boot_alone *alone,
                          uint64_t seed);

/* Ends the boot with two questions in place of that at `index` and the one before it. */
void long_boot_end_with(struct long_boot *boot, size_t index, uint32_t before, uint32_t target);

/* The targets in ascending order; how many. */
size_t long_boot_ascending(const struct long_boot_alone *alone, uint32_t *asks);

/* What a boot was asked up to the question at `index`, in words. Returns `text`. */
const char *long_boot_describe(const struct long_boot *boot, size_t index, char *text, size_t size);

/* What was read since the boot. A long one is run in parts, whose traces hold each its own. */
struct long_boot_read {
    bool base, ahead, beyond, hypervisor, stale_subleaf;
    bool leaves[LONG_BOOT_TARGETS + 1];
    bool stale_leaves[LONG_BOOT_TARGETS + 1]; /* at a subleaf other than 0 */
};

/* Adds what was read ahead of a question to its facts, which come from its own trace alone, and
 * what it read to the rest. */
void long_boot_carry(struct long_boot_read *read, const struct observation *observation,
                     uint32_t target, struct facts *facts);

#endif
