/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/compared.h"

#include "base/hash.h"
#include "base/pool.h"
#include "base/random.h"
#include "emulator/cpuid/processors.h"
#include "emulator/runner/runner.h"
#include "harness/examine/examine.h"
#include "harness/hunt/inverse.h"
#include "harness/hunt/processor.h"
#include "harness/probe/assume.h"

#include <stdlib.h>
#include <string.h>

#define COMPARED_SETTINGS_MAX 8u
#define COMPARED_NODES_MAX 512u /* tables that are run; of these so many are looked into: */
#define COMPARED_LOOKED_MAX 64u
#define COMPARED_COST_MAX 12000000u /* of all runs, in the observation's unit */
#define COMPARED_READS_MAX 300u
#define COMPARED_STARTS 4u /* fixed targets */

/* One register that was found to be compared. */
struct compared_setting {
    uint32_t leaf;
    unsigned index; /* EAX to EDX */
    uint32_t value;
};

/* A table to run: drawn numbers but for the settings. */
struct compared_node {
    uint32_t target, maximum;
    bool is_gap; /* the target's EAX is 0 */
    struct compared_setting settings[COMPARED_SETTINGS_MAX];
    size_t settings_count;
};

/* Which number is drawn anew. */
enum compared_variant {
    COMPARED_BASIS,
    COMPARED_OF_TARGET,                        /* and three more registers */
    COMPARED_OF_BASE = COMPARED_OF_TARGET + 4, /* likewise */
    COMPARED_OTHERS = COMPARED_OF_BASE + 4,    /* other leaves of the block */
    COMPARED_PROCESSOR,
    COMPARED_TARGET, /* another leaf is asked for */
    COMPARED_VARIANTS
};

struct compared_read {
    uint32_t leaf;
    struct cpuid_values values;
};

/* What a run showed. */
struct compared_run {
    struct guest_compared noted;
    struct compared_read reads[COMPARED_READS_MAX]; /* of subleaf 0; each leaf once */
    size_t reads_count;
    uint32_t target;
    uint64_t path;
    bool wrong, failed;
};

struct compared_work {
    const struct probe *probe;
    uint64_t seed;
    struct hunt_compared *found;
    struct examiner *examiner;
    struct runner *runner;
    struct guest_compared noted;
    struct guest_coverage coverage;
    struct compared_run basis, other;
    struct compared_node nodes[COMPARED_NODES_MAX]; /* to be looked into */
    size_t nodes_count, looked, ran;
    uint64_t seen[4 * COMPARED_NODES_MAX]; /* hashes of nodes and of paths; 0: free */
};

/* --- Numbers. --- */

static uint32_t compared_number(const struct compared_work *work, uint32_t leaf, unsigned index,
                                bool anew) {
    uint64_t state = work->seed ^ (uint64_t)leaf << 8 ^ index;
    const uint32_t number = (uint32_t)(random_next(&state) | 1);

    /* Odd and even, so that the difference is odd; see hunt_inverse. */
    return anew ? (uint32_t)random_next(&state) & ~1u : number;
}

static struct cpuid_change compared_set(uint32_t leaf, unsigned index, uint32_t value) {
    return (struct cpuid_change){.kind = CPUID_CHANGE_SET,
                                 .registers = 1u << index,
                                 .first = leaf,
                                 .last = leaf,
                                 .echoes_stay = true,
                                 .values = {value, value, value, value}};
}

/* Leaves of the processor's whose every number may be drawn, as far as it announces nothing that
 * the emulator lacks. */
static const uint32_t compared_processor[] = {1,    6,           7,           0x15,
                                              0x16, 0x80000001u, 0x80000007u, 0x80000008u};
#define COMPARED_PROCESSOR_LEAVES (sizeof compared_processor / sizeof compared_processor[0])
#define COMPARED_CHANGES_MAX (1 + 8 + 4 * COMPARED_PROCESSOR_LEAVES + COMPARED_SETTINGS_MAX)

static size_t compared_change_processor(const struct compared_work *work,
                                        const struct cpuid_table *table, bool anew,
                                        struct cpuid_change *changes) {
    const struct cpuid_view view = cpuid_view(table, NULL, 0);
    size_t count = 0;

    for (size_t i = 0; i < COMPARED_PROCESSOR_LEAVES; i++) {
        const uint32_t leaf = compared_processor[i];
        struct cpuid_values own = cpuid_lookup(&view, leaf, 0);

        for (unsigned index = 0; index < 4; index++) {
            const uint32_t seen = *hunt_register(&own, index);
            const uint32_t kept = leaf == 1 && index == 2 ? CPUID_PRESENT : 0;
            uint32_t number = compared_number(work, leaf, index, anew) &
                              (cpuid_feature_bits(leaf, 0, 1u << index) | seen);

            number = (number & ~kept) | (seen & kept);
            changes[count] = compared_set(leaf, index, number);
            changes[count++].only_subleaf_0 = leaf == 7;
        }
    }
    return count;
}

static size_t compared_changes(const struct compared_work *work, const struct compared_node *node,
                               unsigned variant, uint32_t target, const struct cpuid_table *table,
                               struct cpuid_change *changes) {
    size_t count = 0;
    uint64_t junk = work->seed ^ (variant == COMPARED_OTHERS);

    changes[count++] = (struct cpuid_change){.kind = CPUID_CHANGE_FILL,
                                             .registers = CPUID_ALL,
                                             .first = CPUID_BASE + 1,
                                             .last = CPUID_BLOCK_LAST,
                                             .fill = CPUID_FILL_JUNK,
                                             .seed = random_next(&junk)};
    for (unsigned index = 1; index < 4; index++)
        changes[count++] = compared_set(
            CPUID_BASE, index,
            compared_number(work, CPUID_BASE, index, variant == COMPARED_OF_BASE + index));
    for (unsigned index = 0; index < 4; index++)
        changes[count++] = compared_set(
            target, index,
            index == 0 && node->is_gap ? 0
                                       : compared_number(work, CPUID_BASE + 1, index,
                                                         variant == COMPARED_OF_TARGET + index));
    changes[count++] = compared_set(CPUID_BASE, 0, node->maximum - (variant == COMPARED_OF_BASE));
    count += compared_change_processor(work, table, variant == COMPARED_PROCESSOR, changes + count);
    for (size_t i = 0; i < node->settings_count; i++)
        changes[count++] =
            compared_set(node->settings[i].leaf, node->settings[i].index, node->settings[i].value);
    return count;
}

/* --- Running. --- */

static void compared_note_reads(const struct observation *observation, struct compared_run *run) {
    run->reads_count = 0;
    for (size_t i = 0; i < observation->boot_count + observation->count; i++) {
        const struct cpuid_execution *execution = &observation->boot_trace[i];
        size_t at = 0;

        while (at < run->reads_count && run->reads[at].leaf != execution->leaf)
            at++;
        if (execution->subleaf == 0 && at == run->reads_count && at < COMPARED_READS_MAX)
            run->reads[run->reads_count++] =
                (struct compared_read){execution->leaf, execution->values};
    }
}

/* False: out of memory. */
static bool compared_run(struct compared_work *work, const struct compared_node *node,
                         unsigned variant, struct compared_run *run) {
    struct cpuid_change changes[COMPARED_CHANGES_MAX];
    const uint32_t target = variant == COMPARED_TARGET ? node->target ^ 0x21 : node->target;
    const struct cpuid_table plain = {.base = {.eax = node->maximum}, .present = true};
    struct guest_job job = {.changes = changes, .target = target};
    struct assumed_table assumed;
    struct observation observation;
    struct cpuid_view view;
    struct facts facts;

    if (!assumed_make(work->probe, &plain, &assumed))
        return false;
    job.table = &assumed.table;
    job.changes_count = compared_changes(work, node, variant, target, &assumed.table, changes);
    guest_compared_clear(&work->noted);
    work->coverage.path = 0;
    runner_cover(work->runner, &work->coverage);
    runner_run(work->runner, &job, 1, &observation);
    runner_cover(work->runner, NULL);
    view = cpuid_view(&assumed.table, changes, job.changes_count);
    facts = judge_facts(&work->probe->form, &observation, &view, target,
                        probe_outcome(work->probe, &observation));
    run->noted = work->noted;
    run->target = target;
    run->path = work->coverage.path;
    run->failed = judge_is_error(&facts);
    run->wrong = !run->failed && !facts.right;
    compared_note_reads(&observation, run);
    assumed_clear(&assumed);
    return true;
}

/* --- What is remembered. --- */

static bool compared_is_new(struct compared_work *work, uint64_t hash) {
    const size_t room = sizeof work->seen / sizeof work->seen[0];
    size_t at = (size_t)((hash |= 1) * 0x9e3779b97f4a7c15u >> 32) % room;

    for (size_t tried = 0; tried < room; tried++, at = (at + 1) % room) {
        if (work->seen[at] == hash)
            return false;
        if (work->seen[at] == 0) {
            work->seen[at] = hash;
            return true;
        }
    }
    return false;
}

/* The same for each order of the settings. */
static uint64_t compared_hash(const struct compared_node *node) {
    uint64_t sum = 0;

    for (size_t i = 0; i < node->settings_count; i++) {
        const struct compared_setting *setting = &node->settings[i];

        sum += hash_word(hash_word(hash_word(HASH_START, setting->leaf), setting->index),
                         setting->value);
    }
    return hash_word(hash_word(hash_word(sum, node->target), node->maximum), node->is_gap);
}

/* --- Tables for the search. --- */

/* With `drawn` also the numbers that the run had in BASE and in the target. */
static void compared_offer(struct compared_work *work, const struct compared_node *node,
                           bool drawn) {
    struct hunt_compared *found = work->found;
    struct hunt_candidate *candidate = &found->candidates[found->count];

    if (found->count == HUNT_COMPARED_MAX)
        return;
    *candidate = (struct hunt_candidate){
        .base = {.eax = node->maximum}, .asks = {node->target}, .asks_count = 1};
    hunt_candidate_set(candidate, node->target, 0, 0, !node->is_gap);
    for (unsigned index = 0; drawn && index < 4; index++) {
        if (index > 0)
            hunt_candidate_set(candidate, CPUID_BASE, 0, index,
                               compared_number(work, CPUID_BASE, index, false));
        if (index > 0 || !node->is_gap)
            hunt_candidate_set(candidate, node->target, 0, index,
                               compared_number(work, CPUID_BASE + 1, index, false));
    }
    for (size_t i = 0; i < node->settings_count; i++)
        hunt_candidate_set(candidate, node->settings[i].leaf, 0, node->settings[i].index,
                           node->settings[i].value);
    for (size_t i = 0; i < found->count; i++) {
        if (hunt_candidate_same(&found->candidates[i], candidate))
            return;
    }
    found->count += hunt_candidate_is_valid(candidate);
}

static bool compared_is_spent(const struct compared_work *work) {
    return runner_cost(work->runner) >= COMPARED_COST_MAX || work->ran == COMPARED_NODES_MAX;
}

/* Runs a table that was not run yet; where it goes another way it is looked into. */
static bool compared_try(struct compared_work *work, const struct compared_node *node) {
    if (compared_is_spent(work) || !compared_is_new(work, compared_hash(node)))
        return true;
    work->ran++;
    if (!compared_run(work, node, COMPARED_BASIS, &work->other))
        return false;
    if (work->other.failed)
        return true;
    compared_offer(work, node, false);
    if (work->other.wrong)
        compared_offer(work, node, true);
    if (compared_is_new(work, work->other.path) && work->nodes_count < COMPARED_NODES_MAX)
        work->nodes[work->nodes_count++] = *node;
    return true;
}

/* --- Looking into one. --- */

/* A node with one more register set, or with another value in it. False: no room. */
static bool compared_with(const struct compared_node *node, struct compared_setting setting,
                          struct compared_node *made) {
    size_t at = 0;

    *made = *node;
    if (setting.leaf == CPUID_BASE && setting.index == 0) {
        made->maximum = setting.value;
        return true;
    }
    while (at < made->settings_count &&
           (made->settings[at].leaf != setting.leaf || made->settings[at].index != setting.index))
        at++;
    if (at == COMPARED_SETTINGS_MAX)
        return false;
    made->settings[at] = setting;
    made->settings_count += at == made->settings_count;
    return true;
}

/* A number that differs between two runs: a register of the leaf, or what is asked for (leaf 0). */
struct compared_place {
    uint32_t leaf;
    unsigned index;
    uint32_t from[2];
    bool is_sure;
};

/* A table with one number that makes the comparison what is wanted. */
static bool compared_ask_number(struct compared_work *work, const struct compared_node *node,
                                struct compared_setting setting) {
    struct compared_node child = *node;

    if (setting.leaf != 0)
        return !compared_with(node, setting, &child) || compared_try(work, &child);
    child.target = setting.value;
    return child.target <= CPUID_BASE || child.target > CPUID_BLOCK_LAST ||
           compared_try(work, &child);
}

static bool compared_ask(struct compared_work *work, const struct compared_node *node,
                         const struct compared_place *place, const uint32_t made[2],
                         uint32_t wanted, struct compared_node *all) {
    const struct hunt_seen seen = {{place->from[0], place->from[1]}, {made[0], made[1]}};
    struct compared_setting setting = {place->leaf, place->index, 0};
    uint32_t numbers[HUNT_INVERSES_MAX];
    const unsigned count = hunt_inverse(&seen, wanted, place->is_sure, numbers);
    bool done = true;

    for (unsigned i = 0; done && i < count; i++) {
        setting.value = numbers[i];
        done = compared_ask_number(work, node, setting);
    }
    if (count > 0 && place->leaf != 0 && !(place->leaf == CPUID_BASE && place->index == 0))
        compared_with(all, setting, all);
    return done;
}

/* The same comparison in the other run; NULL: it was not made. */
static const struct guest_comparison *compared_again(const struct compared_run *run,
                                                     const struct guest_comparison *wanted) {
    for (size_t i = 0; i < run->noted.count; i++) {
        const struct guest_comparison *noted = &run->noted.comparisons[i];

        if (noted->address == wanted->address && noted->turn == wanted->turn)
            return noted;
    }
    return NULL;
}

/* Each half of 64 bits is one number. */
static bool compared_ask_halves(struct compared_work *work, const struct compared_node *node,
                                const struct compared_place *place,
                                const struct guest_comparison *a, const struct guest_comparison *b,
                                unsigned side, struct compared_node *all) {
    for (unsigned shift = 0; shift < 8 * a->width; shift += 32) {
        const uint32_t made[2] = {(uint32_t)(a->operands[side] >> shift),
                                  (uint32_t)(b->operands[side] >> shift)};
        const uint32_t with = (uint32_t)(a->operands[1 - side] >> shift);

        if (made[0] == made[1] || with != (uint32_t)(b->operands[1 - side] >> shift))
            continue;
        if (!compared_ask(work, node, place, made, a->is_test ? made[0] ^ with : with, all))
            return false;
    }
    return true;
}

/* All comparisons of `seen`, the run with the variant being `again`, in which the place differs. */
static bool compared_look_at(struct compared_work *work, const struct compared_node *node,
                             const struct compared_run *seen, const struct compared_run *again,
                             const struct compared_place *place, struct compared_node *all) {
    for (size_t i = 0; i < seen->noted.count; i++) {
        const struct guest_comparison *a = &seen->noted.comparisons[i];
        const struct guest_comparison *b = compared_again(again, a);

        for (unsigned side = 0; b && side < 2 - (unsigned)a->is_test; side++) {
            if (!compared_ask_halves(work, node, place, a, b, side, all))
                return false;
        }
    }
    return true;
}

/* Registers that were read and differ between the runs. */
static bool compared_look_at_reads(struct compared_work *work, const struct compared_node *node,
                                   struct compared_run *seen, struct compared_run *again,
                                   unsigned variant, struct compared_node *all) {
    for (size_t i = 0; i < seen->reads_count && i < again->reads_count; i++) {
        struct compared_read *a = &seen->reads[i], *b = &again->reads[i];
        const bool is_own = a->leaf == node->target || a->leaf == CPUID_BASE;

        for (unsigned index = 0; a->leaf == b->leaf && index < 4; index++) {
            const struct compared_place place = {
                a->leaf,
                index,
                {*hunt_register(&a->values, index), *hunt_register(&b->values, index)},
                variant < COMPARED_OTHERS};

            if (place.from[0] == place.from[1] || (is_own && variant >= COMPARED_OTHERS))
                continue;
            if (!compared_look_at(work, node, seen, again, &place, all))
                return false;
        }
    }
    return true;
}

static bool compared_look_into(struct compared_work *work, const struct compared_node *node) {
    static struct compared_run again;
    const struct compared_place target = {0, 0, {node->target, node->target ^ 0x21}, true};
    struct compared_node all = *node;

    if (!compared_run(work, node, COMPARED_BASIS, &work->basis))
        return false;
    for (unsigned variant = COMPARED_OF_TARGET; variant < COMPARED_VARIANTS; variant++) {
        if (variant == COMPARED_TARGET && work->probe->targets_count > 0)
            continue;
        if (compared_is_spent(work))
            return true;
        if (!compared_run(work, node, variant, &again) ||
            !(variant == COMPARED_TARGET
                  ? compared_look_at(work, node, &work->basis, &again, &target, &all)
                  : compared_look_at_reads(work, node, &work->basis, &again, variant, &all)))
            return false;
    }
    return compared_try(work, &all); /* what is asked for at once, without a branch in between */
}

static bool compared_start(struct compared_work *work) {
    static const uint32_t any[] = {0x40000010, 0x400000a4};
    const struct probe *probe = work->probe;
    const uint32_t *targets = probe->targets_count > 0 ? probe->targets : any;
    const size_t count = probe->targets_count > 0 ? probe->targets_count : 2;
    bool done = true;

    for (size_t i = 0; done && i < count && i < COMPARED_STARTS; i++) {
        struct compared_node node = {.target = targets[i], .maximum = CPUID_BLOCK_LAST};

        done = compared_try(work, &node);
        node.is_gap = true;
        done = done && compared_try(work, &node);
        node.maximum = node.target - 1;
        node.is_gap = false;
        done = done && compared_try(work, &node);
    }
    return done;
}

/* --- Its process. --- */

static void *compared_begin(void *context) {
    struct compared_work *work = context;
    struct errors errors = {0};

    examine_confine(&work->probe, 1);
    work->examiner = examiner_new(work->probe, work->seed, &errors);
    errors_clear(&errors); /* whoever runs cases will tell */
    return work;
}

static void compared_perform(void *context, void *state, size_t task,
                             struct pool_message *message) {
    struct compared_work *work = context;
    bool good = work->examiner != NULL;

    (void)state;
    (void)task;
    work->runner = good ? examiner_runner(work->examiner) : NULL;
    good = good && runner_compare(work->runner, &work->noted) && compared_start(work);
    while (good && work->looked < work->nodes_count && work->looked < COMPARED_LOOKED_MAX &&
           !compared_is_spent(work)) {
        const struct compared_node node = work->nodes[work->looked++];

        good = compared_look_into(work, &node);
    }
    pool_message_add(message, work->found, sizeof *work->found);
}

static void compared_end(void *context, void *state) {
    (void)state;
    examiner_free(((struct compared_work *)context)->examiner);
}

static void compared_done(void *context, size_t task, const char *bytes, size_t size) {
    struct compared_work *work = context;

    (void)task;
    if (size == sizeof *work->found)
        memcpy(work->found, bytes, size);
}

/* What crashes the emulator is told by the cases that do. */
static void compared_lost(void *context, size_t task, const char *why) {
    (void)context;
    (void)task;
    (void)why;
}

bool hunt_compared_find(const struct probe *probe, uint64_t seed, struct hunt_compared *compared,
                        struct errors *errors) {
    struct compared_work *work = calloc(1, sizeof *work);
    const struct pool_work tasks = {.context = work,
                                    .count = 1,
                                    .workers = 1,
                                    .start = compared_begin,
                                    .run = compared_perform,
                                    .stop = compared_end,
                                    .done = compared_done,
                                    .lost = compared_lost};
    struct pool *pool = NULL;

    if (!work)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    work->probe = probe;
    work->seed = seed;
    work->found = compared;
    if (!probe->setup.process)
        pool = pool_start(&tasks, errors);
    while (pool && pool_step(pool, 250))
        ;
    pool_free(pool);
    free(work);
    return probe->setup.process || pool != NULL;
}
