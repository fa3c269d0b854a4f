/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/internal.h"
#include "harness/examine/long_boot.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXAMINE_LONG_COST_MAX 4000000u /* of one long boot, in the observation's unit */
#define EXAMINE_LONG_ATTEMPTS 32u      /* to run one boot: guest_run may want it again */
#define EXAMINE_LONG_LISTED 8u /* questions of one kind that are listed rather than counted */

/* Long boots of one case; large, so the examiner keeps it. */
struct examine_long {
    const struct scenario_case *test;
    struct long_boot_alone alone;
    struct long_boot boot;
    struct facts facts[LONG_BOOT_ASKS]; /* of the boot... */
    struct facts
        trial[LONG_BOOT_ASKS];     /* ...and of one that may show the same in fewer questions */
    uint32_t asks[LONG_BOOT_ASKS]; /* that one's */
    /* What the boot shows where every subleaf answers as subleaf 0, as far as it was asked. */
    struct long_flat {
        bool ran;
        size_t count;
        struct long_boot_alone alone;
        struct facts facts[LONG_BOOT_ASKS];
    } flat;
};

/* --- Running. --- */

/* One part of a boot, whose questions before `first` have been asked, under what `value` changes
 * (NULL: nothing). Returns how many observations count; 0: the boot has to be run again. A boot
 * ends with a question that gives no answer. */
static size_t long_run_part(struct examiner *examiner, const struct scenario_case *test,
                            const struct twin *value, const uint32_t *asks, size_t first,
                            size_t count, struct long_boot_read *read, struct facts *facts,
                            uint64_t *cost, struct examination *examination) {
    if (count > EXAMINE_BATCH)
        count = EXAMINE_BATCH;
    for (size_t i = 0; i < count; i++)
        examiner->jobs[i] = (struct guest_job){.table = &test->table,
                                               .changes = value ? value->changes : NULL,
                                               .changes_count = value ? value->changes_count : 0,
                                               .target = asks[i],
                                               .continues = first + i > 0};
    if (runner_run(examiner->runner, examiner->jobs, count, examiner->observations) == 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        struct observation *observation = &examiner->observations[i];

        if (first + i > 0) {
            observation->boot_trace = observation->trace;
            observation->boot_count = 0;
        }
        *cost += observation->cost;
        facts[i] = examiner_take(examiner, i, examination);
        long_boot_carry(read, observation, asks[i], &facts[i]);
        if (!facts[i].returned)
            return i + 1;
    }
    return count;
}

/* Asks `count` questions in one boot, fewer when they cost too much. Returns of how many there are
 * facts; the last one's job and observation are the last of the examiner's that count. */
static size_t long_run(struct examiner *examiner, const struct scenario_case *test,
                       const struct twin *value, const uint32_t *asks, size_t count,
                       struct facts *facts, struct examination *examination) {
    for (unsigned attempt = 0; attempt < EXAMINE_LONG_ATTEMPTS; attempt++) {
        struct long_boot_read read = {0};
        uint64_t cost = 0;
        size_t done = 0, part = 1;

        while (part > 0 && done < count && cost < EXAMINE_LONG_COST_MAX &&
               (done == 0 || facts[done - 1].returned)) {
            part = long_run_part(examiner, test, value, asks + done, done, count - done, &read,
                                 facts + done, &cost, examination);
            done += part;
        }
        if (part > 0)
            return done;
    }
    examination->failed = true;
    snprintf(examination->failure, sizeof examination->failure,
             "a boot of %zu questions faults elsewhere each time", count);
    return 0;
}

/* Asks alone for what was not: each target that the probe can be asked for, but no more than costs
 * as much as a long boot. What gives no answer alone is not asked for among others. */
static void long_ask_alone(struct examiner *examiner, struct examine_long *boots,
                           const struct sequences *sequences, struct examination *examination) {
    uint64_t cost = 0;

    boots->alone.count = 0;
    memset(boots->alone.known, 0, sizeof boots->alone.known);
    for (size_t i = 0; i < sequences->count; i++)
        long_boot_add(&boots->alone, sequences->targets[i], &sequences->alone[i]);
    for (uint32_t target = CPUID_BASE + 1;
         target <= CPUID_BLOCK_LAST && cost < EXAMINE_LONG_COST_MAX; target++) {
        const struct observation *observation;
        struct facts facts;

        if (!examiner_can_ask(examiner, target) || boots->alone.known[target - CPUID_BASE])
            continue;
        examiner_run(examiner, &boots->test->table, NULL, &target, 1, &observation);
        examination->runs++;
        cost += observation->cost;
        facts = examiner_facts(examiner, &examiner->jobs[0], observation);
        long_boot_add(&boots->alone, target, &facts);
    }
}

/* --- Showing it in few questions. --- */

static bool long_breaks(const struct examiner *examiner, const struct examine_long *boots,
                        enum rule_id rule, uint32_t target, const struct facts *facts) {
    struct finding findings[RULES];

    memset(findings, 0, sizeof findings);
    judge_sequence(&examiner->kind, long_boot_alone(&boots->alone, target), facts,
                   boots->test->table.present, findings);
    return findings[rule].state & FINDING_VIOLATED;
}

/* Asks boots->asks, and returns up to which question that breaks the rule, the last one when `last`
 * says so; 0: none does. */
static size_t long_try(struct examiner *examiner, struct examine_long *boots, enum rule_id rule,
                       size_t count, bool last, struct examination *examination) {
    size_t ran =
        long_run(examiner, boots->test, NULL, boots->asks, count, boots->trial, examination);

    for (size_t i = last ? count - 1 : 0; i < ran; i++) {
        if (long_breaks(examiner, boots, rule, boots->asks[i], &boots->trial[i]))
            return i + 1;
    }
    return 0;
}

/* The last `count` questions up to the one at `index`. */
static void long_last(struct examine_long *boots, size_t index, size_t count) {
    memcpy(boots->asks, boots->boot.asks + index + 1 - count, count * sizeof *boots->asks);
}

/* How many of the last ones, up to the one at `index`, show the same: 0: more than a list holds. */
static size_t long_try_last(struct examiner *examiner, struct examine_long *boots,
                            enum rule_id rule, size_t index, struct examination *examination) {
    size_t too_few = 0, enough = 0;

    for (size_t count = 1; enough == 0 && count <= SCENARIO_ASKS_MAX && count <= index + 1;
         count *= 2) {
        long_last(boots, index, count);
        if (long_try(examiner, boots, rule, count, true, examination))
            enough = count;
        else
            too_few = count;
    }
    while (enough > too_few + 1) {
        size_t count = too_few + (enough - too_few) / 2;

        long_last(boots, index, count);
        if (long_try(examiner, boots, rule, count, true, examination))
            enough = count;
        else
            too_few = count;
    }
    return enough;
}

/* One target again and again. */
static size_t long_repeat(struct examine_long *boots, uint32_t target, size_t count) {
    for (size_t i = 0; i < count; i++)
        boots->asks[i] = target;
    return count;
}

/* Leaves boots->asks with the fewest questions found that break the rule as the one at `index` of
 * the boot does, and says in `text` which they are if a list does not. */
static size_t long_shrink(struct examiner *examiner, struct examine_long *boots, enum rule_id rule,
                          size_t index, char *text, size_t size, struct examination *examination) {
    uint32_t target = boots->boot.asks[index];
    size_t last = long_try_last(examiner, boots, rule, index, examination);
    size_t repeats =
        long_try(examiner, boots, rule, long_repeat(boots, target, index + 1), false, examination);
    size_t ascending = long_try(
        examiner, boots, rule, long_boot_ascending(&boots->alone, boots->asks), false, examination);

    text[0] = '\0';
    if (last > 0 && (repeats == 0 || last <= repeats) && (ascending == 0 || last <= ascending)) {
        long_last(boots, index, last);
        return last;
    }
    if (repeats > 0 && (ascending == 0 || repeats <= ascending)) {
        if (repeats > EXAMINE_LONG_LISTED)
            snprintf(text, size, "asked in one boot for 0x%" PRIx32 ", %zu times", target, repeats);
        return long_repeat(boots, target, repeats);
    }
    if (ascending > 0) {
        long_boot_ascending(&boots->alone, boots->asks);
        if (ascending > EXAMINE_LONG_LISTED)
            snprintf(text, size,
                     "asked in one boot for %zu leaves in ascending order, 0x%" PRIx32
                     " to 0x%" PRIx32,
                     ascending, boots->asks[0], boots->asks[ascending - 1]);
        return ascending;
    }
    memcpy(boots->asks, boots->boot.asks, (index + 1) * sizeof *boots->asks);
    long_boot_describe(&boots->boot, index, text, size);
    return index + 1;
}

/* The rule that the boot breaks at `index`, by way of what it breaks at first sight, `seen`. */
static void long_show(struct examiner *examiner, struct examine_long *boots, enum rule_id rule,
                      enum rule_id seen, size_t index, struct examination *examination) {
    struct violation *violation = &examination->violations[rule];
    size_t count = long_shrink(examiner, boots, seen, index, violation->sequence_text,
                               sizeof violation->sequence_text, examination);
    uint32_t target = boots->asks[count - 1];

    violation->asked = target;
    violation->base = *long_boot_alone(&boots->alone, target);
    if (count <= SCENARIO_ASKS_MAX) {
        examiner_fill(examiner, violation, rule, &boots->test->table, NULL, boots->asks, count);
        return;
    }
    if (long_run(examiner, boots->test, NULL, boots->asks, count, boots->trial, examination) !=
        count) {
        examination->failed = true;
        snprintf(examination->failure, sizeof examination->failure,
                 "a boot of %zu questions went otherwise the second time", count);
        return;
    }
    examiner_fill_from(examiner, violation, rule, &examiner->jobs[(count - 1) % EXAMINE_BATCH],
                       &examiner->observations[(count - 1) % EXAMINE_BATCH]);
    violation->facts = boots->trial[count - 1];
    violation->sequence_count = count;
}

/* --- A boot. --- */

/* What a boot breaks. */
struct long_findings {
    struct finding of[RULES];
    size_t broken[RULES];     /* by rule: the first question that breaks it; SIZE_MAX: none does */
    enum rule_id seen[RULES]; /* what that question breaks as long as subleaves differ */
};

/* The question at `index` where every subleaf answers as subleaf 0, beside the same alone: takes
 * from the findings what only a stale subleaf explains. */
static void long_judge_flat(struct examiner *examiner, struct examine_long *boots, size_t index,
                            struct finding *findings, struct examination *examination) {
    const uint32_t target = boots->boot.asks[index];
    const struct twin plain = examine_flat_twin(NULL, target);
    struct long_flat *flat = &boots->flat;
    struct finding of_flat[RULES];

    if (!flat->ran)
        flat->count = long_run(examiner, boots->test, &plain, boots->boot.asks, boots->boot.count,
                               flat->facts, examination);
    flat->ran = true;
    if (index >= flat->count)
        return;
    if (!flat->alone.known[target - CPUID_BASE]) {
        const struct observation *observation;
        struct facts facts;

        examiner_run(examiner, &boots->test->table, &plain, &target, 1, &observation);
        facts = examiner_take(examiner, 0, examination);
        long_boot_add(&flat->alone, target, &facts);
    }
    memset(of_flat, 0, sizeof of_flat);
    judge_sequence(&examiner->kind, long_boot_alone(&flat->alone, target), &flat->facts[index],
                   boots->test->table.present, of_flat);
    judge_subleaves(&examiner->kind, &boots->facts[index], NULL, of_flat, findings);
}

static void long_judge(struct examiner *examiner, struct examine_long *boots, size_t index,
                       struct long_findings *all, struct examination *examination) {
    struct finding findings[RULES];
    bool broke[RULES];
    enum rule_id moved = RULES;

    memset(findings, 0, sizeof findings);
    judge_sequence(&examiner->kind, long_boot_alone(&boots->alone, boots->boot.asks[index]),
                   &boots->facts[index], boots->test->table.present, findings);
    for (unsigned rule = 0; rule < RULES; rule++)
        broke[rule] = findings[rule].state & FINDING_VIOLATED;
    if (judge_wants_flat(&boots->facts[index], NULL, 0, findings))
        long_judge_flat(examiner, boots, index, findings, examination);
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (broke[rule] && !(findings[rule].state & FINDING_VIOLATED))
            moved = (enum rule_id)rule;
    }
    for (unsigned rule = 0; rule < RULES; rule++) {
        bool violated = findings[rule].state & FINDING_VIOLATED;

        if (violated && all->broken[rule] == SIZE_MAX) {
            all->of[rule] = (struct finding){.state = all->of[rule].state,
                                             .row = findings[rule].row,
                                             .twin = findings[rule].twin};
            all->broken[rule] = index;
            all->seen[rule] = broke[rule] || moved == RULES ? (enum rule_id)rule : moved;
        }
        all->of[rule].state |= findings[rule].state;
    }
}

static void long_examine(struct examiner *examiner, struct examine_long *boots,
                         struct examination *examination) {
    size_t ran = long_run(examiner, boots->test, NULL, boots->boot.asks, boots->boot.count,
                          boots->facts, examination);
    struct long_findings all;

    examination->runs += ran;
    boots->flat.ran = false;
    boots->flat.alone.count = 0;
    memset(boots->flat.alone.known, 0, sizeof boots->flat.alone.known);
    memset(&all, 0, sizeof all);
    for (unsigned rule = 0; rule < RULES; rule++)
        all.broken[rule] = SIZE_MAX;
    for (size_t i = 0; i < ran; i++)
        long_judge(examiner, boots, i, &all, examination);
    for (unsigned rule = 0; rule < RULES; rule++) {
        bool is_new = all.broken[rule] != SIZE_MAX &&
                      judge_is_worse(&all.of[rule], &examination->findings[rule]);

        examination->findings[rule].state |= all.of[rule].state;
        if (is_new)
            long_show(examiner, boots, (enum rule_id)rule, all.seen[rule], all.broken[rule],
                      examination);
    }
}

/* Every target alone, and two boots. */
uint64_t examine_long_cost(uint64_t cost) {
    uint64_t alone = cost * LONG_BOOT_TARGETS, boot = cost * LONG_BOOT_ASKS;

    return (alone < EXAMINE_LONG_COST_MAX ? alone : EXAMINE_LONG_COST_MAX) +
           2 * (boot < EXAMINE_LONG_COST_MAX ? boot : EXAMINE_LONG_COST_MAX);
}

void examine_long(struct examiner *examiner, const struct scenario_case *test,
                  const struct sequences *sequences, struct examination *examination) {
    struct examine_long *boots = examiner->long_boots;
    uint64_t seed = examine_seed(examiner->seed, test->id, CPUID_BASE);

    if (!boots)
        boots = examiner->long_boots = malloc(sizeof *boots);
    if (!boots) {
        examination->failed = true;
        snprintf(examination->failure, sizeof examination->failure,
                 "out of memory for a long boot");
        return;
    }
    boots->test = test;
    long_ask_alone(examiner, boots, sequences, examination);
    if (boots->alone.count == 0)
        return;
    long_boot_make(&boots->boot, &boots->alone, seed);
    long_examine(examiner, boots, examination);
    long_boot_make_other(&boots->boot, &boots->alone, seed);
    long_examine(examiner, boots, examination);
}
