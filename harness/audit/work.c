/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit/audit.h"

#include <stdio.h>
#include <stdlib.h>

/* What a worker keeps between places. */
struct audit_worker {
    struct search *search; /* made for the first mutant */
    struct examination examination;
};

void *audit_worker_start(void *context) {
    const struct audit *audit = context;

    examine_confine((const struct probe *const *)&audit->probe, 1);
    return calloc(1, sizeof(struct audit_worker));
}

void audit_worker_stop(void *context, void *state) {
    struct audit_worker *worker = state;

    (void)context;
    if (worker)
        search_free(worker->search);
    free(worker);
}

void audit_refuse(struct audit_result *result, const char *why) {
    result->fate = AUDIT_INVALID;
    snprintf(result->text, sizeof result->text, "%.150s", why);
}

void audit_fail(struct audit_result *result, const char *why) {
    result->fate = AUDIT_LOST;
    snprintf(result->text, sizeof result->text, "%.150s", why);
}

static void audit_note_red(struct audit_result *result, const struct examination *examination,
                           const bool *kills, bool *killed) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (!(examination->findings[rule].state & FINDING_VIOLATED) || !kills[rule])
            continue;
        result->red[rule] = true;
        *killed = true;
    }
}

/* Judges cases `step` apart and collects what turns red, until `enough` cases behind the first that
 * does. False: the emulator failed, see text. */
static bool audit_examine(const struct audit *audit, struct audit_worker *worker, size_t step,
                          size_t enough, struct audit_result *result) {
    struct errors errors = {0};
    struct examiner *examiner = examiner_new(audit->probe, audit->options->seed, &errors);
    bool judged = examiner != NULL, killed = false;

    if (!examiner)
        audit_fail(result, errors.count > 0 ? errors.entries[0].message : "out of memory");
    else
        examiner_judge(examiner, audit->judged);
    errors_clear(&errors);
    for (size_t i = 0; judged && enough > 0 && i < audit->cases_count; i += step) {
        examine_case(examiner, audit->cases[i], &worker->examination);
        result->runs += worker->examination.runs;
        audit_note_red(result, &worker->examination, audit->kills, &killed);
        enough -= killed;
        judged = !worker->examination.failed;
        if (!judged && worker->examination.lacking)
            audit_refuse(result, worker->examination.failure);
        else if (!judged)
            audit_fail(result, worker->examination.failure);
    }
    examiner_free(examiner);
    return judged;
}

/* Whether something red kills. */
static bool audit_is_killed(struct audit_result *result) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (result->red[rule])
            result->fate = AUDIT_KILLED;
    }
    return result->fate == AUDIT_KILLED;
}

static size_t audit_reds(const struct audit_result *result) {
    size_t count = 0;

    for (unsigned rule = 0; rule < RULES; rule++)
        count += result->red[rule];
    return count;
}

/* Judges the mutant on the sample, or on all cases when the sample lets it live. */
static void audit_judge_mutant(const struct audit *audit, struct audit_worker *worker,
                               struct audit_result *result) {
    size_t enough = audit->options->thorough ? audit->cases_count : AUDIT_ENOUGH;
    bool judged = audit_examine(audit, worker, audit->sample_step, enough, result);
    bool killed = audit_is_killed(result);

    result->on_all_cases = audit->sample_step == 1;
    if (!judged || result->on_all_cases ||
        (killed && !(audit->options->sure && audit_reds(result) == 1)))
        return;
    result->on_all_cases = true;
    audit_examine(audit, worker, 1, audit->options->sure ? audit->cases_count : enough, result);
    audit_is_killed(result);
}

/* The search comes first: a mutant that it cannot tell from the original does and shows the same in
 * every case too. */
static void audit_try_mutant(struct audit *audit, struct audit_worker *worker,
                             const struct mutant *mutant, struct audit_result *result) {
    struct detour detour;
    enum search_verdict verdict;

    if (!detour_apply(&detour, audit->probe->image, &audit->source, mutant)) {
        audit_refuse(result, "no room for a longer instruction");
        return;
    }
    result->fate = AUDIT_SURVIVED;
    verdict =
        search_run(worker->search, audit->probe, &result->runs, result->text, sizeof result->text);
    result->differs = verdict == SEARCH_DIFFERS || verdict == SEARCH_SAME_OUTCOMES;
    result->conforms = verdict == SEARCH_SAME_OUTCOMES;
    if (verdict == SEARCH_FAILED)
        result->fate = AUDIT_LOST;
    else if (result->differs || audit->options->thorough)
        audit_judge_mutant(audit, worker, result);
    detour_undo(&detour);
}

/* True when the search found no difference at all. */
static bool audit_is_same(const struct audit_result *result) {
    return (result->fate == AUDIT_SURVIVED || result->fate == AUDIT_EQUIVALENT) && !result->differs;
}

static void audit_find_reason(const struct audit *audit, struct audit_worker *worker, size_t index,
                              bool idle, struct audit_result *result) {
    if (result->fate != AUDIT_SURVIVED || (result->differs && !result->conforms))
        return;
    result->reason = audit_reason(audit, index, result, idle);
    result->proven = (result->reason == 0 || audit->options->thorough) &&
                     audit_prove(audit, &audit->mutants.mutants[index]);
    if (result->reason == 0 && result->proven)
        result->reason = audit_reason(audit, index, result, idle);
    if (result->reason == 0 && !result->differs)
        result->reason = audit_reason_state(audit_state_compare(
            worker->search, audit->probe, &audit->source, &audit->mutants.mutants[index],
            &result->runs, result->text, sizeof result->text));
    if (result->reason > 0)
        result->fate = AUDIT_EQUIVALENT;
}

/* A place's first mutant is its removal, whenever that is one. */
static void audit_judge_place(struct audit *audit, struct audit_worker *worker,
                              const struct audit_place *place, struct pool_message *message) {
    bool idle = false;

    for (size_t i = 0; i < place->count; i++) {
        const struct mutant *mutant = &audit->mutants.mutants[place->first + i];
        struct audit_result result = {0};

        audit_try_mutant(audit, worker, mutant, &result);
        if (mutant->kind == MUTATION_REMOVED)
            idle = audit_is_same(&result);
        audit_find_reason(audit, worker, place->first + i, idle, &result);
        pool_message_add(message, &result, sizeof result);
    }
}

void audit_worker_run(void *context, void *state, size_t index, struct pool_message *message) {
    struct audit *audit = context;
    const struct audit_place *place = &audit->places[index];
    struct audit_worker *worker = state;
    struct errors errors = {0};

    if (worker && !worker->search)
        worker->search = search_new(&audit->space, audit->probe, &errors);
    if (worker && worker->search) {
        audit_judge_place(audit, worker, place, message);
    } else {
        struct audit_result result = {0};

        audit_fail(&result, errors.count > 0 ? errors.entries[0].message : "out of memory");
        for (size_t i = 0; i < place->count; i++)
            pool_message_add(message, &result, sizeof result);
    }
    errors_clear(&errors);
}
