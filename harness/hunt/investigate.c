/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/internal.h"
#include "harness/hunt/shrink.h"

#include <stdlib.h>
#include <string.h>

/* What a find has to go on showing while it is shrunk. */
struct hunt_goal {
    struct hunter *hunter;
    hunt_rules seen;   /* by a trial: at least one of them */
    enum rule_id rule; /* by the examination */
};

/* --- Whether the like was before. --- */

/* False: it was, or there is no more room to remember. */
static bool hunt_path_is_new(struct hunter *hunter, uint64_t path) {
    size_t at = (size_t)(path >> 20) % HUNT_PATHS;

    path |= 1;
    while (hunter->paths[at] != 0 && hunter->paths[at] != path)
        at = (at + 1) % HUNT_PATHS;
    if (hunter->paths[at] == path || hunter->paths_count == HUNT_PATHS / 2)
        return false;
    hunter->paths[at] = path;
    hunter->paths_count++;
    return true;
}

static bool hunt_suspicion_is_open(struct hunter *hunter, hunt_rules broken) {
    size_t i = 0;

    while (i < hunter->suspicions_count && hunter->suspicions[i].broken != broken)
        i++;
    if (i == HUNT_SUSPICIONS)
        return false;
    if (i == hunter->suspicions_count)
        hunter->suspicions[hunter->suspicions_count++].broken = broken;
    return hunter->suspicions[i].count++ < HUNT_SUSPICION_MAX;
}

static bool hunt_find_is_new(const struct hunter *hunter, const struct hunt_find *find) {
    for (size_t i = 0; i < hunter->result->finds_count; i++) {
        const struct hunt_find *other = &hunter->result->finds[i];

        /* What goes wrong in one order of asking goes wrong in many. */
        if (other->rule == RULE_GAPS_ORDER_INDEPENDENT && other->broken == find->broken)
            return false;
        /* The same code for a rule in common: the same mistake, by another table. */
        if (((other->broken & find->broken) && other->path == find->path) ||
            strcmp(other->name, find->name) == 0)
            return false;
    }
    return true;
}

/* --- Shrinking. --- */

/* One question where one shows it: cheaply, ahead of everything else, so that the like is known
 * again. */
static void hunt_narrow(struct hunter *hunter, struct hunt_candidate *candidate,
                        struct hunt_trial *trial) {
    for (size_t i = 0; candidate->asks_count > 1 && i < candidate->asks_count; i++) {
        struct hunt_candidate single = *candidate;
        struct hunt_trial narrowed;

        single.asks[0] = candidate->asks[i];
        single.asks_count = 1;
        hunt_bench_try(hunter->bench, &single, HUNT_THOROUGH, &narrowed);
        if (narrowed.broken & trial->broken & hunter->suspicious) {
            *candidate = single;
            *trial = narrowed;
        }
    }
}

static bool hunt_keeps(void *context, const struct hunt_candidate *candidate) {
    const struct hunt_goal *goal = context;
    struct hunt_trial trial;
    const struct examination *examination;

    if (hunt_is_spent(goal->hunter))
        return false;
    hunt_bench_try(goal->hunter->bench, candidate, HUNT_THOROUGH, &trial);
    if (!(trial.broken & goal->seen) || trial.failed)
        return false;
    examination = hunt_bench_examine(goal->hunter->bench, candidate, HUNT_CASE_ID);
    return !examination->failed &&
           (examination->findings[goal->rule].state & FINDING_VIOLATED) != 0;
}

/* The rule that a find is named after: what the trial showed itself, else the first. */
static enum rule_id hunt_name_rule(hunt_rules broken, hunt_rules seen) {
    hunt_rules best = broken & seen ? broken & seen : broken;

    return (enum rule_id)__builtin_ctz(best);
}

/* --- Writing it down. --- */

static bool hunt_write_down(struct hunter *hunter, const struct examination *examination,
                            struct hunt_find *find) {
    char *text = NULL;
    bool saved;

    if (!hunter->options->folder) {
        hunter->result->finds[hunter->result->finds_count++] = *find;
        return true;
    }
    if (hunt_find_describe(hunter->probe, examination, hunter->options->seed, find))
        text = hunt_find_text(find, hunter->probe->name, hunter->options->seed,
                              hunter->options->profile);
    if (!text) {
        hunt_find_clear(find);
        return errors_add(hunter->errors, NULL, 0, 0, "out of memory");
    }
    saved = hunt_find_save(find, text, hunter->errors);
    free(text);
    if (saved)
        hunter->result->finds[hunter->result->finds_count++] = *find;
    else
        hunt_find_clear(find);
    return saved;
}

/* The examination under the find's own name, which `check` repeats. */
static bool hunt_finish(struct hunter *hunter, struct hunt_find *find) {
    const struct examination *examination;
    struct hunt_trial trial;

    if (!hunt_find_name(find, hunter->options->folder)) {
        hunt_find_clear(find);
        return errors_add(hunter->errors, NULL, 0, 0, "out of memory");
    }
    hunt_bench_try(hunter->bench, &find->candidate, HUNT_QUICK, &trial);
    find->path = trial.path;
    examination = hunt_bench_examine(hunter->bench, &find->candidate, find->name);
    find->broken = hunt_broken(examination->findings) & hunter->wanted;
    if (examination->failed || !(find->broken & HUNT_RULE(find->rule)) ||
        !hunt_find_is_new(hunter, find)) {
        hunt_find_clear(find);
        return true;
    }
    return hunt_write_down(hunter, examination, find);
}

/* A find is written down as it ran, under what the caller guarantees. */
static void hunt_guarantee(const struct probe *probe, struct hunt_candidate *candidate) {
    uint32_t maximum = candidate->base.eax;

    if (!probe->guarantee.has_signature)
        return;
    candidate->base = probe->guarantee.signature;
    candidate->base.eax = maximum;
}

bool hunt_investigate(struct hunter *hunter, const struct hunt_candidate *candidate) {
    struct hunt_find find = {.candidate = *candidate, .run = hunter->result->runs};
    struct hunt_goal goal = {.hunter = hunter};
    const struct hunt_shrink shrink = {hunt_keeps, &goal, hunter->probe->targets,
                                       hunter->probe->targets_count};
    const struct examination *examination;
    struct hunt_trial trial;

    hunt_bench_try(hunter->bench, &find.candidate, HUNT_THOROUGH, &trial);
    hunt_narrow(hunter, &find.candidate, &trial);
    goal.seen = trial.broken & hunter->suspicious;
    if (goal.seen == 0 || !hunt_path_is_new(hunter, trial.path ^ goal.seen) ||
        !hunt_suspicion_is_open(hunter, goal.seen))
        return true;
    examination = hunt_bench_examine(hunter->bench, &find.candidate, HUNT_CASE_ID);
    find.broken = hunt_broken(examination->findings) & hunter->wanted;
    if (examination->failed || find.broken == 0)
        return true;
    find.rule = goal.rule = hunt_name_rule(find.broken, goal.seen);
    hunt_shrink(&shrink, &find.candidate);
    hunt_guarantee(hunter->probe, &find.candidate);
    return hunt_finish(hunter, &find);
}
