/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/long_boot.h"

#include "base/random.h"
#include "harness/twins/internal.h"

#include <inttypes.h>
#include <stdio.h>

#define LONG_BOOT_ROW 300u      /* in a row: more than a byte counts */
#define LONG_BOOT_SHORT_ROW 70u /* more than a boot of a scenario */
#define LONG_BOOT_SOME 40u
#define LONG_BOOT_ROW_MANY 1500u
#define LONG_BOOT_TURNS 280u /* of two targets: more than a byte counts, of each of them */

void long_boot_add(struct long_boot_alone *alone, uint32_t target, const struct facts *facts) {
    uint32_t leaf = target - CPUID_BASE;

    if (leaf == 0 || leaf > LONG_BOOT_TARGETS || alone->known[leaf] || !facts->returned)
        return;
    alone->known[leaf] = true;
    alone->facts[leaf] = *facts;
    alone->targets[alone->count++] = target;
}

const struct facts *long_boot_alone(const struct long_boot_alone *alone, uint32_t target) {
    return &alone->facts[target - CPUID_BASE];
}

/* --- The questions. --- */

/* Targets with one answer each. */
struct long_boot_picks {
    uint32_t order[LONG_BOOT_TARGETS];
    size_t count;
    uint32_t available, refused, missing; /* 0: there is none */
};

static bool long_boot_says(const struct long_boot_alone *alone, uint32_t target) {
    return long_boot_alone(alone, target)->answer == OUTCOME_AVAILABLE;
}

static void long_boot_swap(uint32_t *order, size_t a, size_t b) {
    uint32_t kept = order[a];

    order[a] = order[b];
    order[b] = kept;
}

/* Moves the first target of one answer to `place`, which lies behind all the places it looks at. */
static void long_boot_move(const struct long_boot_alone *alone, uint32_t *order, size_t place,
                           bool says) {
    for (size_t i = 0; i < place; i++) {
        if (long_boot_says(alone, order[i]) == says) {
            long_boot_swap(order, i, place);
            return;
        }
    }
}

/* Draws the order. The two last have different answers if any two have: a table that is full, but
 * for one or none, takes one for the other. */
static void long_boot_pick(struct long_boot_picks *picks, const struct long_boot_alone *alone,
                           bool last, uint64_t seed) {
    uint64_t state = seed;

    *picks = (struct long_boot_picks){.count = alone->count};
    for (size_t i = 0; i < alone->count; i++) {
        size_t at = (size_t)(random_next(&state) % (i + 1));

        picks->order[i] = picks->order[at];
        picks->order[at] = alone->targets[i];
    }
    if (alone->count >= 2) {
        long_boot_move(alone, picks->order, alone->count - 1, last);
        long_boot_move(alone, picks->order, alone->count - 2, !last);
    }
    for (size_t i = 0; i < alone->count; i++) {
        uint32_t target = picks->order[i];

        if (long_boot_says(alone, target))
            picks->available = target;
        else if (long_boot_alone(alone, target)->expected == OUTCOME_NOT_IMPLEMENTED)
            picks->missing = target;
        else
            picks->refused = target;
    }
}

static void long_boot_ask(struct long_boot *boot, uint32_t target) {
    if (boot->count < LONG_BOOT_ASKS_MAX)
        boot->asks[boot->count++] = target;
}

static void long_boot_begin(struct long_boot *boot, enum long_boot_kind kind) {
    boot->phases[boot->phases_count].kind = kind;
    boot->phases[boot->phases_count].first = boot->count;
}

/* A phase without questions is none. */
static void long_boot_end(struct long_boot *boot) {
    size_t first = boot->phases[boot->phases_count].first;

    boot->phases[boot->phases_count].count = boot->count - first;
    if (boot->count > first)
        boot->phases_count++;
}

static void long_boot_repeat(struct long_boot *boot, uint32_t target, size_t times) {
    long_boot_begin(boot, LONG_BOOT_REPEAT);
    for (size_t i = 0; target != 0 && i < times; i++)
        long_boot_ask(boot, target);
    long_boot_end(boot);
}

/* Targets with one answer, one after the other. */
static void long_boot_all(struct long_boot *boot, const struct long_boot_picks *picks,
                          const struct long_boot_alone *alone, bool says, size_t times) {
    size_t asked = 0, before = SIZE_MAX;

    long_boot_begin(boot, says ? LONG_BOOT_AVAILABLE : LONG_BOOT_ABSENT);
    while (asked < times && asked != before) {
        before = asked;
        for (size_t i = 0; i < picks->count && asked < times; i++) {
            if (long_boot_says(alone, picks->order[i]) == says) {
                long_boot_ask(boot, picks->order[i]);
                asked++;
            }
        }
    }
    long_boot_end(boot);
}

static void long_boot_drawn(struct long_boot *boot, const struct long_boot_picks *picks) {
    long_boot_begin(boot, LONG_BOOT_DRAWN);
    for (size_t i = 0; i < picks->count; i++)
        long_boot_ask(boot, picks->order[i]);
    long_boot_end(boot);
}

static void long_boot_walk(struct long_boot *boot, const struct long_boot_alone *alone) {
    uint32_t asks[LONG_BOOT_TARGETS];
    size_t count = long_boot_ascending(alone, asks);

    long_boot_begin(boot, LONG_BOOT_WALK);
    for (size_t i = 0; i < count; i++)
        long_boot_ask(boot, asks[i]);
    for (size_t i = count; i-- > 0;)
        long_boot_ask(boot, asks[i]);
    long_boot_end(boot);
}

static void long_boot_rounds(struct long_boot *boot, const struct long_boot_picks *picks,
                             size_t limit) {
    bool backwards = true;

    long_boot_begin(boot, LONG_BOOT_ROUNDS);
    while (picks->count > 0 && boot->count < limit) {
        for (size_t i = 0; i < picks->count && boot->count < limit; i++)
            long_boot_ask(boot, picks->order[backwards ? picks->count - 1 - i : i]);
        backwards = !backwards;
    }
    long_boot_end(boot);
}

void long_boot_make(struct long_boot *boot, const struct long_boot_alone *alone, uint64_t seed) {
    struct long_boot_picks picks;

    long_boot_pick(&picks, alone, true, seed);
    boot->count = boot->phases_count = 0;
    long_boot_drawn(boot, &picks);
    long_boot_drawn(boot, &picks);
    long_boot_repeat(boot, picks.available, LONG_BOOT_ROW);
    long_boot_repeat(boot, picks.refused, LONG_BOOT_ROW);
    long_boot_repeat(boot, picks.available, 1);
    long_boot_repeat(boot, picks.missing, LONG_BOOT_ROW);
    long_boot_repeat(boot, picks.available, 1);
    long_boot_walk(boot, alone);
    long_boot_rounds(boot, &picks, LONG_BOOT_ASKS);
}

void long_boot_make_other(struct long_boot *boot, const struct long_boot_alone *alone,
                          uint64_t seed) {
    struct long_boot_picks picks;

    long_boot_pick(&picks, alone, false, seed + 1);
    boot->count = boot->phases_count = 0;
    long_boot_all(boot, &picks, alone, false, LONG_BOOT_SOME);
    long_boot_repeat(boot, picks.available, LONG_BOOT_SHORT_ROW);
    long_boot_repeat(boot, picks.missing, LONG_BOOT_SOME);
    long_boot_repeat(boot, picks.available, 1);
    long_boot_repeat(boot, picks.refused, LONG_BOOT_SOME);
    long_boot_repeat(boot, picks.available, 1);
    long_boot_drawn(boot, &picks);
    long_boot_rounds(boot, &picks, boot->count + picks.count);
}

/* The next target in the drawn order, from *at on, with an answer; 0: there is none. */
static uint32_t long_boot_next(const struct long_boot_picks *picks,
                               const struct long_boot_alone *alone, bool says, size_t *at) {
    for (size_t i = 0; i < picks->count; i++) {
        uint32_t target = picks->order[*at];

        *at = (*at + 1) % picks->count;
        if (long_boot_says(alone, target) == says)
            return target;
    }
    return 0;
}

void long_boot_make_turned(struct long_boot *boot, const struct long_boot_alone *alone,
                           uint64_t seed) {
    struct long_boot_picks picks;
    size_t at[2] = {0, 0};

    long_boot_make(boot, alone, seed);
    long_boot_pick(&picks, alone, false, seed + 2);
    boot->phases_count = 0;
    if (picks.available == 0 || picks.refused + picks.missing == 0)
        boot->count = 0; /* there is one answer only */
    boot->phases[0].kind = LONG_BOOT_TURNED;
    boot->phases[0].first = 0;
    for (size_t i = 0; i < boot->count; i++) {
        bool says = !long_boot_says(alone, boot->asks[i]);

        boot->asks[i] = long_boot_next(&picks, alone, says, &at[says]);
    }
    long_boot_end(boot);
}

void long_boot_make_rows(struct long_boot *boot, const struct long_boot_alone *alone,
                         uint64_t seed) {
    struct long_boot_picks picks;

    long_boot_pick(&picks, alone, true, seed + 3);
    boot->count = boot->phases_count = 0;
    long_boot_all(boot, &picks, alone, false, LONG_BOOT_ROW_MANY);
    long_boot_drawn(boot, &picks);
    long_boot_all(boot, &picks, alone, true, LONG_BOOT_ROW_MANY);
    long_boot_drawn(boot, &picks);
    long_boot_repeat(boot, picks.available, LONG_BOOT_ROW_MANY);
    long_boot_drawn(boot, &picks);
    long_boot_repeat(boot, picks.missing ? picks.missing : picks.refused, LONG_BOOT_ROW_MANY);
    long_boot_drawn(boot, &picks);
}

/* Which pairs go by turns: those that differ in no bit but these. */
static const uint32_t long_boot_shuttles[] = {0x0f, 0xf0, 0x80};

static void long_boot_shuttle(struct long_boot *boot, const struct long_boot_picks *picks,
                              const struct long_boot_alone *alone, uint32_t bits) {
    uint32_t pair[2] = {0, 0};

    for (size_t i = 0; i < picks->count && pair[0] == 0; i++) {
        for (size_t j = 0; j < picks->count && pair[0] == 0; j++) {
            uint32_t a = picks->order[i], b = picks->order[j];

            if (((a ^ b) & ~bits) == 0 && long_boot_says(alone, a) && !long_boot_says(alone, b))
                pair[0] = a, pair[1] = b;
        }
    }
    long_boot_begin(boot, LONG_BOOT_SHUTTLE);
    for (size_t i = 0; pair[0] != 0 && i < 2 * LONG_BOOT_TURNS; i++)
        long_boot_ask(boot, pair[i % 2]);
    long_boot_end(boot);
}

void long_boot_make_shuttle(struct long_boot *boot, const struct long_boot_alone *alone,
                            uint64_t seed) {
    struct long_boot_picks picks;

    long_boot_pick(&picks, alone, true, seed + 6);
    boot->count = boot->phases_count = 0;
    for (size_t i = 0; i < sizeof long_boot_shuttles / sizeof long_boot_shuttles[0]; i++) {
        size_t before = boot->count;

        long_boot_shuttle(boot, &picks, alone, long_boot_shuttles[i]);
        if (boot->count > before)
            long_boot_drawn(boot, &picks);
    }
}

void long_boot_make_wraps(struct long_boot *boot, const struct long_boot_alone *alone, bool says,
                          uint64_t seed) {
    struct long_boot_picks picks;

    long_boot_pick(&picks, alone, says, seed + 4);
    boot->count = boot->phases_count = 0;
    long_boot_all(boot, &picks, alone, says, LONG_BOOT_WRAPS);
    long_boot_rounds(boot, &picks, boot->count + 2 * picks.count);
}

void long_boot_make_pairs(struct long_boot *boot, const struct long_boot_alone *alone,
                          uint64_t seed) {
    struct long_boot_picks picks;

    long_boot_pick(&picks, alone, seed % 2, seed + 5);
    boot->count = boot->phases_count = 0;
    long_boot_drawn(boot, &picks);
    long_boot_rounds(boot, &picks, boot->count + picks.count);
}

void long_boot_end_with(struct long_boot *boot, size_t index, uint32_t before, uint32_t target) {
    size_t phases = 0;

    boot->count = index - 1;
    while (phases < boot->phases_count && boot->phases[phases].first < boot->count)
        phases++;
    if (phases > 0 && boot->phases[phases - 1].count > boot->count - boot->phases[phases - 1].first)
        boot->phases[phases - 1].count = boot->count - boot->phases[phases - 1].first;
    boot->phases_count = phases;
    long_boot_repeat(boot, before, 1);
    long_boot_repeat(boot, target, 1);
}

size_t long_boot_ascending(const struct long_boot_alone *alone, uint32_t *asks) {
    size_t count = 0;

    for (uint32_t leaf = 1; leaf <= LONG_BOOT_TARGETS; leaf++) {
        if (alone->known[leaf])
            asks[count++] = CPUID_BASE + leaf;
    }
    return count;
}

/* --- In words. --- */

static void long_boot_print_phase(FILE *stream, enum long_boot_kind kind, const uint32_t *asks,
                                  size_t count, bool again) {
    switch (kind) {
    case LONG_BOOT_REPEAT:
        fprintf(stream, "0x%" PRIx32, asks[0]);
        if (count > 1)
            fprintf(stream, " %zu times", count);
        break;
    case LONG_BOOT_ABSENT:
        fprintf(stream, "%zu times what is absent", count);
        break;
    case LONG_BOOT_AVAILABLE:
        fprintf(stream, "%zu times what is available", count);
        break;
    case LONG_BOOT_TURNED:
        fprintf(stream, "%zu leaves, available and absent in a drawn order", count);
        break;
    case LONG_BOOT_DRAWN:
        fprintf(stream, again ? "the same %zu again" : "%zu leaves in a drawn order", count);
        break;
    case LONG_BOOT_WALK:
        fprintf(stream, "%zu of the block, upwards and back", count);
        break;
    case LONG_BOOT_ROUNDS:
        fprintf(stream, "%zu of the drawn order, backwards and forwards by turns", count);
        break;
    case LONG_BOOT_SHUTTLE:
        fprintf(stream, "0x%" PRIx32, asks[0]);
        if (count > 1)
            fprintf(stream, " and 0x%" PRIx32 " by turns, %zu questions", asks[1], count);
        break;
    }
}

const char *long_boot_describe(const struct long_boot *boot, size_t index, char *text,
                               size_t size) {
    FILE *stream = fmemopen(text, size, "w");
    size_t drawn = 0;

    text[0] = '\0';
    if (!stream)
        return text;
    fprintf(stream, "question %zu of one boot, after ", index + 1);
    for (size_t i = 0; i < boot->phases_count && boot->phases[i].first < index; i++) {
        size_t first = boot->phases[i].first, count = boot->phases[i].count;

        if (i > 0)
            fprintf(stream, ", ");
        if (count > index - first)
            count = index - first;
        long_boot_print_phase(stream, boot->phases[i].kind, boot->asks + first, count, drawn > 0);
        drawn += boot->phases[i].kind == LONG_BOOT_DRAWN;
    }
    fclose(stream);
    text[size - 1] = '\0';
    return text;
}

/* --- What was read. --- */

static void long_boot_note(struct long_boot_read *read, const struct cpuid_execution *trace,
                           size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t leaf = trace[i].leaf - CPUID_BASE;

        if (leaf > LONG_BOOT_TARGETS)
            continue;
        read->leaves[leaf] = true;
        read->stale_leaves[leaf] |= trace[i].subleaf != 0;
    }
}

void long_boot_carry(struct long_boot_read *read, const struct observation *observation,
                     uint32_t target, struct facts *facts) {
    uint32_t leaf = target - CPUID_BASE;

    facts->read_ahead = read->ahead || (facts->read_ahead && !read->base);
    facts->read_base |= read->base;
    facts->read_beyond |= read->beyond;
    facts->read_hypervisor |= read->hypervisor;
    facts->stale_subleaf |= read->stale_subleaf;
    facts->read_target |= leaf <= LONG_BOOT_TARGETS && read->leaves[leaf];
    facts->stale_target |= leaf <= LONG_BOOT_TARGETS && read->stale_leaves[leaf];
    read->ahead = facts->read_ahead;
    read->base = facts->read_base;
    read->beyond = facts->read_beyond;
    read->hypervisor = facts->read_hypervisor;
    read->stale_subleaf = facts->stale_subleaf;
    long_boot_note(read, observation->boot_trace, observation->boot_count + observation->count);
}
