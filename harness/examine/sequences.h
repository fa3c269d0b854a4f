/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_EXAMINE_SEQUENCES_H
#define HVSPEC_HARNESS_EXAMINE_SEQUENCES_H

#include "harness/judge/judge.h"
#include "harness/scenario/scenario.h"

/*
 * The orders in which the questions of one boot are asked, and what each showed when asked alone.
 */
#define SEQUENCES_ORDERS 4u
#define SEQUENCES_COMPANIONS 3u /* further targets asked for beside a single one */

struct sequences {
    uint32_t targets[SCENARIO_ASKS_MAX];   /* distinct */
    struct facts alone[SCENARIO_ASKS_MAX]; /* by target */
    size_t count;
    uint32_t order[SEQUENCES_ORDERS][SCENARIO_ASKS_MAX];
    size_t lengths[SEQUENCES_ORDERS];
};

/* Adds a target that is not there yet; beyond SCENARIO_ASKS_MAX none is taken. */
void sequences_add_target(struct sequences *sequences, uint32_t target);

/* A single question gets company: the same nibble in another range, the next leaf, the last. */
void sequences_add_companions(struct sequences *sequences, uint32_t target);

/* As written, backwards, each twice, and all again after all; in the last two no more than fit. */
void sequences_make_orders(struct sequences *sequences, const uint32_t *asks, size_t count);

/* What a target showed when asked alone; NULL: it was not. */
const struct facts *sequences_alone(const struct sequences *sequences, uint32_t target);

/* Whether some target did not return within its budget when asked alone. */
bool sequences_hang(const struct sequences *sequences);

/* Makes a twin of a whole boot: another signature, a known one, zeros, or one of nobody's, as the
 * seed says. False: a target's own values would follow it. */
bool sequences_sign(const struct sequences *sequences, const struct cpuid_table *table,
                    uint64_t seed, struct twin *twin);

#endif
