/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/long.h"

/*
 * Code that mixes two leaves up only when a counter of its own runs over: every pair has to meet
 * that moment. What the boot keeps there is marked, and each pair goes on from the mark, so that a
 * pair costs two questions rather than all that lead there.
 */
#define MOMENT_EIGHT_BITS 256u  /* questions, of which the last one or the next sees a byte wrap */
#define MOMENT_NUMBERS 4u       /* of the code, that may be counts */
#define MOMENT_LATE_PATTERNS 4u /* of eleven: they have nineteen of twenty pairs */
#define MOMENT_FIRST_WAY 16u    /* question: what comes earlier is what any boot begins with */
#define MOMENT_FIRST 2u         /* the first question that has two before it */
#define MOMENTS_MAX (2 + 2 * MOMENT_NUMBERS + LONG_WAYS_MAX)

enum { MOMENT_START = 1, MOMENT_BEHIND = 2 }; /* marks: ahead of a pair, and behind its first */

/* A search, of each kind of wrong answer for one pair. */
struct moments {
    struct examiner *examiner;
    struct examine_long *boots;
    struct examination *examination;
    uint64_t seed;
    uint32_t patterns[LONG_BOOT_TARGETS + 1]; /* by leaf: in which it is there, a bit each */
    unsigned pattern;                         /* that is asked under */
    unsigned found; /* wrong answers that were, a bit for each enum outcome */
    struct moment {
        size_t at; /* question */
        bool akin; /* only the likely pairs: see moment_is_akin */
    } of[MOMENTS_MAX];
    size_t count;
};

static void moments_list_patterns(struct moments *moments) {
    for (uint32_t leaf = 1; leaf <= LONG_BOOT_TARGETS; leaf++)
        moments->patterns[leaf] = twins_patterns(CPUID_BASE + leaf);
}

/* --- Pairs. --- */

/* Whether one of two leaves is what comes of the other when part of its number is lost, or one bit.
 */
static bool moment_is_akin(uint32_t a, uint32_t b) {
    uint32_t differ = a ^ b;

    return (differ & 0xf0) == 0 || (differ & 0xf) == 0 || (differ & (differ - 1)) == 0 ||
           a == b + 1 || b == a + 1;
}

/* Whether a pair is asked under the pattern: it is the first in which one of both is there. */
static bool moment_has(const struct moments *moments, bool akin, uint32_t a, uint32_t b) {
    const uint32_t differ = moments->patterns[a - CPUID_BASE] ^ moments->patterns[b - CPUID_BASE];
    const uint32_t earlier = (1u << moments->pattern) - 1;

    return (differ & earlier) == 0 && differ >> moments->pattern & 1 &&
           (!akin || moment_is_akin(a, b));
}

static void moment_job(const struct moments *moments, size_t index, unsigned mark,
                       uint32_t target) {
    const struct examine_long *boots = moments->boots;

    moments->examiner->jobs[index] = (struct guest_job){.table = &boots->test->table,
                                                        .changes = boots->twin->changes,
                                                        .changes_count = boots->twin->changes_count,
                                                        .target = target,
                                                        .mark = mark};
}

static void moment_run(struct moments *moments, size_t count) {
    struct examiner *examiner = moments->examiner;

    runner_run(examiner->runner, examiner->jobs, count, examiner->observations);
    moments->examination->runs += count;
}

/* Asks for `count` leaves, each in a boot that goes on behind a pair's first question. Returns the
 * index of the first answer that is wrong as none was before; `count`: there is none. */
static size_t moment_ask(struct moments *moments, const uint32_t *targets, size_t count) {
    struct examiner *examiner = moments->examiner;

    for (size_t i = 0; i < count; i++)
        moment_job(moments, i, MOMENT_BEHIND, targets[i]);
    moment_run(moments, count);
    for (size_t i = 0; i < count; i++) {
        struct facts facts =
            examiner_facts(examiner, &examiner->jobs[i], &examiner->observations[i]);

        if (long_is_wrong(&facts) && !(moments->found & 1u << facts.answer)) {
            moments->found |= 1u << facts.answer;
            return i;
        }
    }
    return count;
}

/* The second leaf of a pair that begins with `a` and is answered wrongly; 0: none is. */
static uint32_t moment_try(struct moments *moments, bool akin, uint32_t a) {
    const struct long_boot_alone *alone = &moments->boots->alone;
    uint32_t targets[LONG_BOOT_TARGETS];
    size_t count = 0;

    for (size_t i = 0; i < alone->count; i++) {
        if (moment_has(moments, akin, a, alone->targets[i]))
            targets[count++] = alone->targets[i];
    }
    if (count == 0)
        return 0;
    moment_job(moments, 0, MOMENT_START, a);
    moment_run(moments, 1);
    if (moments->examiner->observations[0].end != OBSERVATION_RETURNED ||
        !runner_mark(moments->examiner->runner, MOMENT_BEHIND))
        return 0;
    for (size_t first = 0; first < count; first += EXAMINE_BATCH) {
        size_t part = count - first < EXAMINE_BATCH ? count - first : EXAMINE_BATCH;
        size_t wrong = moment_ask(moments, targets + first, part);

        if (wrong < part)
            return targets[first + wrong];
    }
    return 0;
}

/* Every pair of the pattern in place of the boot's questions at `at` and before it. What is wrong
 * is examined like any other boot. */
static void moment_examine(struct moments *moments, struct moment moment) {
    struct examiner *examiner = moments->examiner;
    struct examine_long *boots = moments->boots;
    const size_t before = moment.at - 1;

    if (moment.at < MOMENT_FIRST || moment.at >= boots->boot.count)
        return;
    if (long_run(examiner, boots, boots->twin, boots->boot.asks, before, boots->trial,
                 moments->examination) != before ||
        !boots->trial[before - 1].returned || !runner_mark(examiner->runner, MOMENT_START))
        return;
    moments->examination->runs += before;
    for (size_t i = 0; i < boots->alone.count; i++) {
        uint32_t a = boots->alone.targets[i];
        uint32_t b = moment_try(moments, moment.akin, a);

        if (b != 0) {
            long_boot_end_with(&boots->boot, moment.at, a, b);
            long_examine(examiner, boots, moments->examination);
        }
    }
}

/* --- Moments. --- */

static void moments_add(struct moments *moments, size_t at, bool akin) {
    for (size_t i = 0; i < moments->count; i++) {
        if (moments->of[i].at == at)
            return;
    }
    moments->of[moments->count++] = (struct moment){at, akin};
}

/* All pairs where a byte of questions runs over and where the code went a new way last. Where
 * something may have counted up to a number of the code, that question or the next comes to it. */
static void moments_list(struct moments *moments, const struct long_ways *ways) {
    const struct examiner *examiner = moments->examiner;
    size_t numbers = 0;

    moments->count = 0;
    moments_add(moments, MOMENT_EIGHT_BITS - 1, false);
    for (size_t i = ways->count; i-- > 0;)
        moments_add(moments, ways->at[i], i + 1 < ways->count);
    moments_add(moments, MOMENT_EIGHT_BITS, true);
    for (size_t i = 0; i < examiner->constants_count && numbers < MOMENT_NUMBERS; i++) {
        uint32_t number = examiner->constants[i];

        if (number > MOMENT_FIRST && number < LONG_BOOT_ASKS) {
            moments_add(moments, number - 1, true);
            moments_add(moments, number, true);
            numbers++;
        }
    }
}

static void moments_examine(struct moments *moments) {
    struct examine_long *boots = moments->boots;
    struct long_ways ways;

    long_boot_make(&boots->boot, &boots->alone, moments->seed);
    if (!long_watch(moments->examiner, boots, MOMENT_FIRST_WAY, boots->boot.count, &ways))
        return;
    moments->examination->runs += long_run(moments->examiner, boots, boots->twin, boots->boot.asks,
                                           boots->boot.count, boots->trial, moments->examination);
    long_unwatch(moments->examiner, boots);
    moments_list(moments, &ways);
    for (size_t i = 0; i < moments->count; i++) {
        long_boot_make(&boots->boot, &boots->alone, moments->seed);
        moment_examine(moments, moments->of[i]);
    }
}

/* Where more than a byte ran over: reaching that costs as much as all pairs, so few patterns have
 * to do. */
static void moments_examine_late(struct moments *moments) {
    struct examine_long *boots = moments->boots;

    for (unsigned says = 0; says < 2 && moments->pattern <= MOMENT_LATE_PATTERNS; says++) {
        if (boots->late[says] == 0)
            continue;
        long_boot_make_wraps(&boots->boot, &boots->alone, says, moments->seed);
        moment_examine(moments, (struct moment){.at = boots->late[says]});
    }
}

void long_examine_moments(struct examiner *examiner, struct examine_long *boots, unsigned vendor,
                          uint64_t seed, struct examination *examination) {
    struct moments moments = {
        .examiner = examiner, .boots = boots, .examination = examination, .seed = seed};
    struct twin twin;

    moments_list_patterns(&moments);
    for (moments.pattern = 1; moments.pattern < TWIN_PATTERNS_APART; moments.pattern++) {
        long_go_under(examiner, boots, &twin, vendor, moments.pattern, examination);
        moments_examine(&moments);
        moments_examine_late(&moments);
    }
}
