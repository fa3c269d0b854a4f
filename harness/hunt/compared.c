/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/compared_internal.h"

#include "base/hash.h"
#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

#define COMPARED_LOOKED_MAX 64u     /* tables that are looked into */
#define COMPARED_COST_MAX 60000000u /* of all runs, in the observation's unit */
#define COMPARED_STARTS 4u          /* fixed targets */

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

bool compared_is_spent(const struct compared_work *work) {
    return runner_cost(work->runner) >= COMPARED_COST_MAX || work->ran == COMPARED_NODES_MAX;
}

bool compared_try(struct compared_work *work, const struct compared_node *node) {
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

/* --- The first tables. --- */

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
    good = good && runner_note_comparisons(work->runner, &work->noted) && compared_start(work);
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
    pool = pool_start(&tasks, errors);
    while (pool && pool_step(pool, 250))
        ;
    pool_free(pool);
    free(work);
    return pool != NULL;
}
