/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"
#include "harness/hunt/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HUNT_THOROUGH_EVERY 16u /* candidates; twins catch what no table shows */
#define HUNT_LOOK_EVERY 256u    /* candidates between two looks at the clock */
#define HUNT_PROGRESS_SECONDS 0.25

static void hunt_look(struct hunter *hunter) {
    struct hunt_result *result = hunter->result;
    struct hunt_progress progress;

    result->seconds = clock_seconds() - hunter->started;
    result->blocks = hunt_bench_blocks(hunter->bench);
    result->edges = hunt_bench_edges(hunter->bench);
    if (hunter->options->seconds > 0 && result->seconds >= hunter->options->seconds)
        hunter->ended = true;
    if (!hunter->options->progress || result->seconds - hunter->shown < HUNT_PROGRESS_SECONDS)
        return;
    hunter->shown = result->seconds;
    progress =
        (struct hunt_progress){result->runs, result->blocks, result->finds_count, result->seconds};
    hunter->options->progress(hunter->options->progress_context, &progress);
}

bool hunt_is_spent(const struct hunter *hunter) {
    return hunter->options->cost > 0 && hunt_bench_cost(hunter->bench) >= hunter->options->cost;
}

static bool hunt_is_over(struct hunter *hunter) {
    const struct hunt_options *options = hunter->options;

    if (hunter->candidates++ % HUNT_LOOK_EVERY == 0)
        hunt_look(hunter);
    return hunter->ended || (options->stop && *options->stop) ||
           (options->runs > 0 && hunter->result->runs >= options->runs) ||
           hunter->result->finds_count == HUNT_FINDS_MAX || hunt_is_spent(hunter) ||
           (options->first_only && hunter->result->finds_count > 0);
}

/* The harness could not run a table: that is nobody's find, but has to be told. */
static void hunt_note_failure(struct hunter *hunter, const struct hunt_candidate *candidate) {
    struct hunt_result *result = hunter->result;

    if (result->failures++ > 0)
        return;
    result->unjudged = *candidate;
    snprintf(result->failure, sizeof result->failure, "%s",
             hunt_bench_examine(hunter->bench, candidate, HUNT_CASE_ID)->failure);
}

/* Tries a candidate; it stays in the corpus when it ran new code, or when the caller wants it. One
 * that breaks a rule does not: all that came of it would break it too. */
static bool hunt_consider(struct hunter *hunter, const struct hunt_candidate *candidate,
                          enum hunt_depth depth, bool keep) {
    struct hunt_trial trial;

    hunt_bench_try(hunter->bench, candidate, depth, &trial);
    hunter->result->runs += trial.runs;
    if (trial.failed) {
        hunt_note_failure(hunter, candidate);
        return true;
    }
    if (trial.broken & hunter->suspicious)
        return hunt_investigate(hunter, candidate);
    if (!trial.is_new && !keep)
        return true;
    hunter->result->kept += trial.is_new;
    return hunt_corpus_add(&hunter->corpus, candidate, &trial, &hunter->random) ||
           errors_add(hunter->errors, NULL, 0, 0, "out of memory");
}

/* --- Where it starts. --- */

/* A probe for fixed features is asked for these only. */
static void hunt_restrict_asks(const struct hunter *hunter, struct hunt_candidate *candidate) {
    const struct probe *probe = hunter->probe;
    size_t kept = 0;

    if (probe->targets_count == 0)
        return;
    for (size_t i = 0; i < candidate->asks_count; i++) {
        for (size_t j = 0; j < probe->targets_count; j++) {
            if (probe->targets[j] == candidate->asks[i]) {
                candidate->asks[kept++] = candidate->asks[i];
                break;
            }
        }
    }
    if (kept == 0)
        candidate->asks[kept++] = probe->targets[0];
    candidate->asks_count = kept;
}

/* The plainest table: what a hunt without scenarios starts from, and one that is always there. */
static bool hunt_start_plain(struct hunter *hunter) {
    struct hunt_candidate plain = {
        .base = {.eax = CPUID_BLOCK_LAST}, .asks = {0x40000010}, .asks_count = 1};
    struct hunt_trial trial;

    hunt_restrict_asks(hunter, &plain);
    hunt_candidate_put(&plain, (struct cpuid_leaf){plain.asks[0], 0, true, {1, 0, 0, 0}});
    if (!hunt_consider(hunter, &plain, HUNT_THOROUGH, false))
        return false;
    hunt_bench_try(hunter->bench, &plain, HUNT_QUICK, &trial);
    return hunter->corpus.count > 0 ||
           hunt_corpus_add(&hunter->corpus, &plain, &trial, &hunter->random) ||
           errors_add(hunter->errors, NULL, 0, 0, "out of memory");
}

/* Every case is tried; those that run new code and the first of each scenario are kept. */
static bool hunt_start(struct hunter *hunter, const struct scenario_set *seeds) {
    const struct hunt_options *options = hunter->options;

    if (!hunt_start_plain(hunter))
        return false;
    for (size_t i = 0; i < options->tables_count && !hunt_is_over(hunter); i++) {
        if (!options->tables[i].absent || options->profile) {
            if (!hunt_consider(hunter, &options->tables[i], HUNT_THOROUGH, false))
                return false;
        }
    }
    for (size_t i = 0; i < seeds->count; i++) {
        const struct scenario *scenario = &seeds->scenarios[i];

        for (size_t j = 0; j < scenario->cases_count && !hunt_is_over(hunter); j++) {
            struct hunt_candidate candidate;

            hunt_candidate_from(&candidate, &scenario->cases[j]);
            if (candidate.absent && !hunter->options->profile)
                continue;
            hunt_restrict_asks(hunter, &candidate);
            if (!hunt_consider(hunter, &candidate, j == 0 ? HUNT_THOROUGH : HUNT_QUICK, j == 0))
                return false;
        }
    }
    return true;
}

/* --- The search. --- */

static bool hunt_search(struct hunter *hunter) {
    struct hunt_material material = {.random = &hunter->random,
                                     .dictionary = &hunter->dictionary,
                                     .targets = hunter->probe->targets,
                                     .targets_count = hunter->probe->targets_count,
                                     .presence = hunter->options->profile != NULL};

    while (!hunt_is_over(hunter)) {
        const struct hunt_entry *parent = hunt_corpus_draw(&hunter->corpus, &hunter->random);
        struct hunt_candidate candidate = parent->candidate;
        bool thorough = hunter->candidates % HUNT_THOROUGH_EVERY == 0;

        material.reads = parent->reads;
        material.reads_count = parent->reads_count;
        material.other = &hunt_corpus_draw(&hunter->corpus, &hunter->random)->candidate;
        if (hunter->candidates % 2 != 0 ||
            !hunt_parts_next(&hunter->parts, &hunter->corpus, &hunter->dictionary, &candidate))
            hunt_mutate(&candidate, &material);
        if (!hunt_consider(hunter, &candidate, thorough ? HUNT_THOROUGH : HUNT_QUICK, false))
            return false;
    }
    return true;
}

/* Where blame falls without twins may be another rule than with them, except for what a run shows
 * by itself. So a suspicion about the steps is followed whatever rules are wanted. */
static void hunt_choose_rules(struct hunter *hunter) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (hunter->options->wanted[rule])
            hunter->wanted |= HUNT_RULE(rule);
    }
    hunter->suspicious = hunter->wanted;
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (rules[rule].is_step)
            hunter->suspicious |= HUNT_RULE(rule);
    }
}

bool hunt_run(const struct probe *probe, const struct scenario_set *seeds,
              const struct hunt_options *options, struct hunt_result *result,
              struct errors *errors) {
    struct hunter *hunter = calloc(1, sizeof *hunter);
    const uint64_t *entries = NULL;
    size_t entries_count = 0;
    bool done = false;

    if (!hunter)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    hunter->probe = probe;
    hunter->options = options;
    hunter->result = result;
    hunter->errors = errors;
    hunter->random.state = options->stream;
    hunter->started = clock_seconds();
    hunter->bench = hunt_bench_new(probe, options->judged, options->seed, errors);
    hunt_choose_rules(hunter);
    if (hunter->bench)
        entries_count = hunt_bench_entries(hunter->bench, &entries);
    if (hunter->bench &&
        hunt_dictionary_fill(&hunter->dictionary, probe, entries, entries_count, errors)) {
        done = hunt_start(hunter, seeds) && hunt_search(hunter);
        hunt_look(hunter);
    }
    hunt_bench_free(hunter->bench);
    hunt_corpus_clear(&hunter->corpus);
    free(hunter);
    return done;
}

void hunt_result_clear(struct hunt_result *result) {
    for (size_t i = 0; i < result->finds_count; i++)
        hunt_find_clear(&result->finds[i]);
    *result = (struct hunt_result){0};
}
