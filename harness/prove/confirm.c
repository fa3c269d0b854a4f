/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/processor.h"
#include "harness/hunt/shrink.h"
#include "harness/hunt/trial.h"
#include "harness/prove/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROVE_CONFIRMATIONS_MAX 64u /* each costs some milliseconds */

/* --- The solver's values as a table. --- */

static uint64_t confirm_value(struct prover *prover, term_id id, const uint64_t *values,
                              size_t count) {
    return term_evaluate(machine_terms_of(prover->machine), id, values, count);
}

static struct cpuid_values confirm_leaf(struct prover *prover, const struct machine_leaf *leaf,
                                        const uint64_t *values, size_t count) {
    return (struct cpuid_values){(uint32_t)confirm_value(prover, leaf->values[0], values, count),
                                 (uint32_t)confirm_value(prover, leaf->values[1], values, count),
                                 (uint32_t)confirm_value(prover, leaf->values[2], values, count),
                                 (uint32_t)confirm_value(prover, leaf->values[3], values, count)};
}

static bool confirm_put_all(struct prover *prover, const struct machine_state *state,
                            const uint64_t *values, size_t count, bool coins_vendor,
                            struct hunt_candidate *candidate) {
    static const struct cpuid_values nothing;

    memset(candidate, 0, sizeof *candidate);
    candidate->coins_vendor = coins_vendor;
    candidate->absent = !prover->present;
    for (unsigned i = 1; i <= prover->question; i++)
        candidate->asks[candidate->asks_count++] =
            (uint32_t)confirm_value(prover, prover->questions[i].target, values, count);
    for (size_t i = 0; i < state->leaves_count; i++) {
        const struct machine_leaf *leaf = machine_leaf_at(prover->machine, state->leaves[i]);
        struct cpuid_leaf row = {.leaf = (uint32_t)confirm_value(prover, leaf->leaf, values, count),
                                 .every_subleaf = !leaf->subleaf,
                                 .values = confirm_leaf(prover, leaf, values, count)};

        if (leaf->subleaf)
            row.subleaf = (uint32_t)confirm_value(prover, leaf->subleaf, values, count);
        if (row.every_subleaf && row.leaf != CPUID_BASE &&
            memcmp(&row.values, &nothing, sizeof nothing) == 0)
            continue; /* as all that is not listed */
        if (!hunt_candidate_put(candidate, row))
            return false;
    }
    return hunt_candidate_is_valid(candidate);
}

bool prove_candidate(struct prover *prover, const struct machine_state *state,
                     const uint64_t *values, size_t count, struct hunt_candidate *candidate) {
    return confirm_put_all(prover, state, values, count, false, candidate);
}

/* --- What the emulator shows. --- */

struct confirm_goal {
    struct prover *prover;
    enum rule_id rule;
};

static bool confirm_keeps(void *context, const struct hunt_candidate *candidate) {
    const struct confirm_goal *goal = context;
    const struct examination *examination =
        hunt_bench_examine(goal->prover->bench, candidate, "prove");

    return !examination->failed && examination->findings[goal->rule].state & FINDING_VIOLATED;
}

static hunt_rules confirm_wanted(const struct prover *prover) {
    hunt_rules wanted = 0;

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (prover->judged[rule])
            wanted |= HUNT_RULE(rule);
    }
    return wanted;
}

static void confirm_note(struct prover *prover, hunt_rules broken, size_t find) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        struct prove_rule *noted = &prover->result->rules[rule];

        if (!(broken & HUNT_RULE(rule)) || noted->verdict == PROVE_REFUTED)
            continue;
        free(noted->reason);
        *noted = (struct prove_rule){.verdict = PROVE_REFUTED, .find = find};
    }
}

/* What `check` will find in the file. NULL with an error noted. */
static const struct examination *confirm_under_name(struct prover *prover, struct hunt_find *find) {
    const struct examination *examination;

    free(find->name);
    free(find->file);
    find->name = find->file = NULL;
    if (!hunt_find_name(find, prover->options->folder)) {
        errors_add(prover->errors, NULL, 0, 0, "out of memory");
        return NULL;
    }
    examination = hunt_bench_examine(prover->bench, &find->candidate, find->name);
    find->broken =
        examination->failed ? 0 : hunt_broken(examination->findings) & confirm_wanted(prover);
    return examination;
}

/* A rule's counterexample, as small as it goes, written down. */
static bool confirm_keep(struct prover *prover, const struct hunt_candidate *candidate,
                         enum rule_id rule) {
    struct prove_result *result = prover->result;
    struct confirm_goal goal = {prover, rule};
    const struct hunt_shrink shrink = {confirm_keeps, &goal, prover->probe->targets,
                                       prover->probe->targets_count};
    struct hunt_find find = {.candidate = *candidate, .rule = rule};
    const struct examination *examination;
    bool saved = true;

    if (result->finds_count == PROVE_FINDS_MAX)
        return true;
    hunt_shrink(&shrink, &find.candidate);
    examination = confirm_under_name(prover, &find);
    if (examination && !(find.broken & HUNT_RULE(rule))) { /* it hangs on the name */
        find.candidate = *candidate;
        examination = confirm_under_name(prover, &find);
    }
    if (!examination || !(find.broken & HUNT_RULE(rule))) {
        hunt_find_clear(&find);
        return examination != NULL;
    }
    saved = hunt_find_describe(prover->probe, examination, prover->options->seed, &find) ||
            errors_add(prover->errors, NULL, 0, 0, "out of memory");
    if (saved && prover->options->folder) {
        char *text = hunt_find_text(&find, prover->probe->name, prover->options->seed,
                                    prover->options->profile);

        saved = text ? hunt_find_save(&find, text, prover->errors)
                     : errors_add(prover->errors, NULL, 0, 0, "out of memory");
        free(text);
    }
    if (!saved) {
        hunt_find_clear(&find);
        return false;
    }
    confirm_note(prover, find.broken, result->finds_count);
    result->finds[result->finds_count++] = find;
    return true;
}

/* --- Whether the machine and the emulator saw the same. --- */

static bool confirm_is_garbage(void *context, size_t unknown) {
    return machine_is_garbage(context, unknown);
}

/* The hypervisor leaves of the question, in order. */
static bool confirm_reads_agree(struct prover *prover, const struct machine_state *state,
                                const struct observation *seen, const uint64_t *values,
                                size_t count) {
    size_t at = 0;

    for (size_t i = state->reads_before; i < state->reads_count; i++) {
        const struct machine_read *read = &state->reads[i];

        if (machine_leaf_at(prover->machine, read->index)->subleaf ||
            !confirm_value(prover, read->guard, values, count))
            continue;
        while (at < seen->count &&
               (seen->trace[at].leaf < CPUID_BASE || seen->trace[at].leaf > CPUID_SPACE_LAST))
            at++;
        if (at == seen->count ||
            seen->trace[at].leaf != confirm_value(prover, read->leaf, values, count))
            return false;
        at++;
    }
    while (at < seen->count &&
           (seen->trace[at].leaf < CPUID_BASE || seen->trace[at].leaf > CPUID_SPACE_LAST))
        at++;
    return at == seen->count;
}

/* Whether the table returns what the values say of each leaf: not every table can be written. */
static bool confirm_is_faithful(struct prover *prover, const struct machine_state *state,
                                const struct hunt_candidate *candidate, const uint64_t *values,
                                size_t count) {
    for (size_t i = 0; i < state->leaves_count; i++) {
        const struct machine_leaf *leaf = machine_leaf_at(prover->machine, state->leaves[i]);
        struct cpuid_values wanted = confirm_leaf(prover, leaf, values, count);
        uint32_t sub =
            leaf->subleaf ? (uint32_t)confirm_value(prover, leaf->subleaf, values, count) : 0;
        struct cpuid_values given = hunt_candidate_values(
            candidate, (uint32_t)confirm_value(prover, leaf->leaf, values, count), sub);

        if (memcmp(&given, &wanted, sizeof given) != 0)
            return false;
    }
    return true;
}

/* What a run on the table showed, against what the path says of it. */
static bool confirm_agrees(struct prover *prover, const struct machine_state *state,
                           const struct hunt_candidate *candidate, const uint64_t *values,
                           size_t count) {
    struct machine *machine = prover->machine;
    struct cpuid_table table = hunt_candidate_table(candidate);
    const struct observation *seen;
    const char *why;
    term_id answer, answered;
    uint64_t mask;
    bool given;

    if (state->end != MACHINE_RETURNED ||
        !confirm_is_faithful(prover, state, candidate, values, count))
        return true;
    answer = claims_answer(prover->probe, machine, state, &why);
    answered = claims_answered(prover->probe, machine, state);
    if (!answer || claims_way_mentions(machine, state, confirm_is_garbage, machine) ||
        term_mentions(machine_terms_of(machine), answer, confirm_is_garbage, machine) ||
        term_mentions(machine_terms_of(machine), answered, confirm_is_garbage, machine))
        return true; /* what the solver chose there, the emulator did not */
    if (hunt_bench_run(prover->bench, &table, candidate->asks, candidate->asks_count, &seen) !=
        candidate->asks_count)
        return true;
    seen += candidate->asks_count - 1;
    prover->result->compared++;
    if (seen->end == OBSERVATION_RETURNED &&
        !confirm_reads_agree(prover, state, seen, values, count))
        return false;
    given = confirm_value(prover, answered, values, count) != 0;
    if (seen->end == OBSERVATION_RETURNED && !given)
        return (seen->state & OBSERVATION_ANSWER_MISSING) != 0;
    mask = term_mask(prover->probe->setup.answer.width ? 8 * prover->probe->setup.answer.width : 1);
    return seen->end == OBSERVATION_RETURNED &&
           ((seen->answer ^ confirm_value(prover, answer, values, count)) & mask) == 0;
}

static void confirm_disagree(struct prover *prover, const struct hunt_candidate *candidate,
                             uint64_t at) {
    if (prover->result->disagreement)
        return;
    if (asprintf(
            &prover->result->disagreement,
            "for target 0x%x and maximum 0x%x the solver says otherwise than the emulator, on a "
            "path that ends at 0x%llx: please report this",
            candidate->asks[candidate->asks_count - 1], candidate->base.eax,
            (unsigned long long)at) < 0)
        prover->result->disagreement = NULL;
}

static bool confirm_open(struct prover *prover) {
    if (!prover->bench)
        prover->bench =
            hunt_bench_new(prover->probe, prover->judged, prover->options->seed, prover->errors);
    return prover->bench != NULL;
}

void prove_confirm_state(struct prover *prover) {
    static const enum rule_id states[] = {RULE_PLATFORM_REGISTERS_PRESERVED,
                                          RULE_PLATFORM_STACK_BALANCED};
    const struct probe *probe = prover->probe;
    const uint32_t target = probe->targets_count > 0 ? probe->targets[0] : 0x40000010u;
    const struct { uint32_t maximum, eax; } tables[] = {{target, 1}, {target, 0}, {target - 1, 1}};

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct hunt_candidate candidate = {
            .base = {.eax = tables[i].maximum}, .asks = {target}, .asks_count = 1};
        const struct examination *examination;
        hunt_rules broken;

        hunt_candidate_put(&candidate,
                           (struct cpuid_leaf){target, 0, true, {tables[i].eax, 0, 0, 0}});
        if (!confirm_open(prover))
            return;
        examination = hunt_bench_examine(prover->bench, &candidate, "prove");
        broken =
            examination->failed ? 0 : hunt_broken(examination->findings) & confirm_wanted(prover);
        for (size_t j = 0; j < sizeof states / sizeof states[0]; j++) {
            if (broken & HUNT_RULE(states[j]) &&
                prover->result->rules[states[j]].verdict == PROVE_PROVEN)
                confirm_keep(prover, &candidate, states[j]);
        }
    }
}

void prove_compare(struct prover *prover, const struct machine_state *state, const uint64_t *values,
                   size_t count) {
    struct hunt_candidate candidate;

    if (prove_candidate(prover, state, values, count, &candidate) && confirm_open(prover) &&
        !confirm_agrees(prover, state, &candidate, values, count))
        confirm_disagree(prover, &candidate, state->at);
}

static hunt_rules confirm_broken(struct prover *prover, const struct hunt_candidate *candidate) {
    const struct examination *examination = hunt_bench_examine(prover->bench, candidate, "prove");

    return examination->failed ? 0 : hunt_broken(examination->findings) & confirm_wanted(prover);
}

/* Notes what rules a candidate refutes. */
static void confirm_try(struct prover *prover, const struct machine_state *state,
                        const struct hunt_candidate *candidate, const uint64_t *values,
                        size_t count) {
    hunt_rules broken;

    if (!confirm_agrees(prover, state, candidate, values, count)) {
        confirm_disagree(prover, candidate, state->at);
        return;
    }
    broken = confirm_broken(prover, candidate);
    for (unsigned other = 0; other < RULES; other++) {
        if (broken & HUNT_RULE(other) && prover->result->rules[other].verdict != PROVE_REFUTED)
            confirm_keep(prover, candidate, other);
    }
}

/* The candidate again, with a processor of a vendor that nobody knows, where that is what the
 * values have it hang on: code that judges every other such vendor's processor rightly singles that
 * one out. False: it is none. */
static bool confirm_coined(struct prover *prover, const struct machine_state *state,
                           const uint64_t *values, size_t count, struct hunt_candidate *candidate) {
    static const struct cpuid_values others[] = {{1, 0x6b7a5151, 0x4a777858, 0x5a76716a},
                                                 {1, 0x20576a47, 0x2e715a7a, 0x7871582d}};
    struct cpuid_values vendor;

    if (!confirm_put_all(prover, state, values, count, true, candidate))
        return false;
    vendor = hunt_candidate_values(candidate, 0, 0);
    if (!hunt_processor_is_coined(&vendor))
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct hunt_candidate other = *candidate;
        struct cpuid_leaf row = {0, 0, true, others[i]};

        row.values.eax = vendor.eax;
        if (!hunt_candidate_put(&other, row) || confirm_broken(prover, &other) != 0)
            return false;
    }
    return true;
}

bool prove_confirm(struct prover *prover, const struct machine_state *state, enum rule_id rule,
                   const uint64_t *values, size_t count) {
    struct hunt_candidate candidate;

    if (prover->tables) {
        prove_offer(prover, state, values, count);
        return false;
    }
    if (prover->confirmations++ >= PROVE_CONFIRMATIONS_MAX || !confirm_open(prover))
        return false;
    if (prove_candidate(prover, state, values, count, &candidate))
        confirm_try(prover, state, &candidate, values, count);
    if (rule < RULES && prover->result->rules[rule].verdict != PROVE_REFUTED &&
        confirm_coined(prover, state, values, count, &candidate))
        confirm_try(prover, state, &candidate, values, count);
    return rule < RULES && prover->result->rules[rule].verdict == PROVE_REFUTED;
}
