/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_EXAMINE_LONG_H
#define HVSPEC_HARNESS_EXAMINE_LONG_H

/* What the files of long boots share: how one is run, judged, and shown in few questions. */
#include "harness/examine/internal.h"
#include "harness/examine/long_boot.h"

#define EXAMINE_LONG_COST_MAX 4000000u /* of one long boot, in the observation's unit */
#define EXAMINE_LONG_WRAPS_MAX (4 * EXAMINE_LONG_COST_MAX) /* the same where 16 bits run over */
#define EXAMINE_LONG_PAIRS_MAX (EXAMINE_LONG_COST_MAX / 4) /* and of each pairs' boot */

/* Where a boot went a way through the code that it had not gone before. */
#define LONG_WAYS_MAX 3u
struct long_ways {
    struct guest_coverage *coverage; /* borrowed */
    size_t first, end;               /* the questions that count */
    size_t edges;                    /* that it had before the part in hand */
    size_t at[LONG_WAYS_MAX];        /* questions: the last ones, in order */
    size_t count;
};

/* Long boots of one case; large, so the examiner keeps it. */
struct examine_long {
    const struct scenario_case *test;
    const struct twin *twin; /* what all of it is asked under; NULL: the case's table */
    bool keeps;              /* some question wrote what later ones can read */
    struct long_ways *ways;  /* what the next boots are watched for; NULL: nothing */
    size_t late[2];    /* the last new way of the boots in which 16 bits run over, of what is absent
                          and of    what is there; 0: none but what shorter boots have */
    uint64_t ran_cost; /* of the boot run last */
    uint64_t cost;     /* of a question of the first boot, on average */
    bool wants_wrong;  /* what is shown has to be a wrong answer, as there is one */
    struct long_boot_alone alone;
    struct long_boot boot;
    struct facts facts[LONG_BOOT_ASKS_MAX]; /* of the boot... */
    struct facts
        trial[LONG_BOOT_ASKS_MAX];     /* ...and of one that may show the same in fewer questions */
    uint32_t asks[LONG_BOOT_ASKS_MAX]; /* that one's */
    /* What the boot shows where every subleaf answers as subleaf 0, as far as it was asked. */
    struct long_flat {
        bool ran;
        size_t count;
        struct long_boot_alone alone;
        struct facts facts[LONG_BOOT_ASKS_MAX];
    } flat;
};

/* Asks `count` questions in one boot, fewer when they cost too much, under what `twin` changes
 * (NULL: nothing). Returns of how many there are facts; the last one's job and observation are the
 * last of the examiner's that count. */
size_t long_run(struct examiner *examiner, struct examine_long *boots, const struct twin *twin,
                const uint32_t *asks, size_t count, struct facts *facts,
                struct examination *examination);

/* Asks alone for what was not: each target that the probe can be asked for, but no more than costs
 * as much as a long boot. What gives no answer alone is not asked for among others; what is wrong
 * alone under a twin is nobody's to judge there. */
void long_ask_alone(struct examiner *examiner, struct examine_long *boots,
                    struct examination *examination);

/* Whether a question was not answered, or wrongly. */
static inline bool long_is_wrong(const struct facts *facts) {
    return !facts->returned || !facts->right;
}

/* Asks and judges the boot in hand, and shows what it breaks. Returns what a question cost on
 * average. */
uint64_t long_examine(struct examiner *examiner, struct examine_long *boots,
                      struct examination *examination);

/* Goes on under a twin that has the leaves of a pattern, and a vendor's signature. */
void long_go_under(struct examiner *examiner, struct examine_long *boots, struct twin *twin,
                   unsigned vendor, unsigned pattern, struct examination *examination);

/* From now on notes the ways of each boot, in its questions from `first` to `end` - 1. False: out
 * of memory. Else it ends with long_unwatch. */
bool long_watch(struct examiner *examiner, struct examine_long *boots, size_t first, size_t end,
                struct long_ways *ways);
void long_unwatch(struct examiner *examiner, struct examine_long *boots);

/* Asks for every two leaves with different answers when something about a counter is due: in the
 * calls around the 256th of a boot, around those whose number stands in the code, and in those that
 * go a new way. Each pair under one pattern. */
void long_examine_moments(struct examiner *examiner, struct examine_long *boots, unsigned vendor,
                          uint64_t seed, struct examination *examination);

/* Shows the rule that the boot breaks at `index`, by way of what it breaks at first sight, `seen`,
 * in the fewest questions found. */
void long_show(struct examiner *examiner, struct examine_long *boots, enum rule_id rule,
               enum rule_id seen, size_t index, struct examination *examination);

#endif
