/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/check_prove.h"

#include "base/pool.h"
#include "harness/prove/prove.h"
#include "harness/suite/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a worker sends home: lines, each with one of these ahead of its text. */
enum proof_line { PROOF_NOTE = 'n', PROOF_CASE = 'c', PROOF_ERROR = 'e' };

struct proof_work {
    const struct run_inputs *inputs;
    struct check_proofs *proofs;
    struct errors *errors;
};

/* --- In the worker. --- */

static void proof_send(struct pool_message *message, enum proof_line kind, const char *text) {
    char first = (char)kind;

    pool_message_add(message, &first, 1);
    pool_message_add(message, text, strlen(text) + 1);
}

/* What the proof says of a rule; the caller frees. NULL: out of memory. */
static char *proof_sentence(const struct prove_result *result, unsigned rule) {
    const struct prove_rule *noted = &result->rules[rule];
    char *text = NULL, up_to[64] = "", at[32] = "";
    int size = -1;

    if (!result->every_number)
        snprintf(up_to, sizeof up_to, ", for up to %u questions in a boot", result->questions);
    if (noted->at != 0)
        snprintf(at, sizeof at, ", at 0x%llx", (unsigned long long)noted->at);
    if (noted->verdict == PROVE_PROVEN)
        size = asprintf(&text, "proof: %s holds for every table%s", rules[rule].id, up_to);
    else if (noted->verdict == PROVE_REFUTED)
        size = asprintf(&text, "proof: %s does not hold for every table: %s", rules[rule].id,
                        result->finds[noted->find].name);
    else
        size = asprintf(&text, "proof: whether %s holds for every table is open: %s%s",
                        rules[rule].id, noted->reason ? noted->reason : "out of memory", at);
    return size < 0 ? NULL : text;
}

static void proof_send_result(struct pool_message *message, const struct prove_result *result) {
    for (size_t i = 0; i < result->finds_count; i++)
        proof_send(message, PROOF_CASE, result->finds[i].name);
    for (unsigned rule = 0; rule < RULES; rule++) {
        char *text;

        if (result->rules[rule].verdict == PROVE_NOT_APPLICABLE)
            continue;
        text = proof_sentence(result, rule);
        if (text)
            proof_send(message, PROOF_NOTE, text);
        else
            message->lost = true;
        free(text);
    }
    if (result->disagreement)
        proof_send(message, PROOF_ERROR, result->disagreement);
}

static void proof_run(void *context, void *state, size_t task, struct pool_message *message) {
    const struct proof_work *work = context;
    const struct suite_options *suite = &work->inputs->suite;
    struct prove_options options = {.questions = PROVE_QUESTIONS_DEFAULT,
                                    .seconds = PROVE_SECONDS_DEFAULT,
                                    .profile = suite->profile,
                                    .seed = suite->seed};
    struct prove_result result = {0};
    struct errors errors = {0};

    (void)state;
    memcpy(options.selected, suite->selected, sizeof options.selected);
    if (prove_run(work->inputs->probes[task], &options, &result, &errors))
        proof_send_result(message, &result);
    for (size_t i = 0; i < errors.count; i++)
        proof_send(message, PROOF_ERROR, errors.entries[i].message);
    prove_result_clear(&result);
    errors_clear(&errors);
}

/* --- In the parent. --- */

static bool proof_keep(char ***texts, size_t *count, const char *text) {
    char **more = realloc(*texts, (*count + 1) * sizeof *more);

    if (!more)
        return false;
    *texts = more;
    more[*count] = strdup(text);
    return more[(*count)++] != NULL;
}

static void proof_done(void *context, size_t task, const char *bytes, size_t size) {
    struct proof_work *work = context;
    struct check_proof *proof = &work->proofs->proofs[task];

    for (size_t at = 0; at < size; at += strlen(bytes + at) + 1) {
        const char *text = bytes + at + 1;
        bool kept = true;

        if (bytes[at] == PROOF_NOTE)
            kept = proof_keep(&proof->notes, &proof->notes_count, text);
        else if (bytes[at] == PROOF_CASE)
            kept = proof_keep(&proof->cases.ids, &proof->cases.count, text);
        else
            errors_add(work->errors, work->inputs->probes[task]->path, 0, 0, "%s", text);
        if (!kept)
            errors_add(work->errors, NULL, 0, 0, "out of memory");
    }
}

static void proof_lost(void *context, size_t task, const char *why) {
    struct proof_work *work = context;

    errors_add(work->errors, work->inputs->probes[task]->path, 0, 0, "its proof was lost: %s", why);
}

static bool proof_all(struct run_inputs *inputs, struct check_proofs *proofs,
                      struct errors *errors) {
    struct proof_work context = {inputs, proofs, errors};
    const struct pool_work work = {.context = &context,
                                   .count = inputs->probes_count,
                                   .workers = inputs->suite.workers,
                                   .run = proof_run,
                                   .done = proof_done,
                                   .lost = proof_lost};
    struct pool *pool;

    proofs->proofs = calloc(inputs->probes_count, sizeof *proofs->proofs);
    proofs->cases = calloc(inputs->probes_count, sizeof *proofs->cases);
    if (!proofs->proofs || !proofs->cases)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    proofs->count = inputs->probes_count;
    pool = pool_start(&work, errors);
    while (pool && !(inputs->suite.stop && *inputs->suite.stop) && pool_step(pool, 100))
        continue;
    pool_free(pool);
    if (pool && inputs->suite.stop && *inputs->suite.stop)
        errors_add(errors, NULL, 0, 0, "interrupted");
    for (size_t i = 0; i < proofs->count; i++)
        proofs->cases[i] = proofs->proofs[i].cases;
    inputs->further = proofs->cases;
    return errors_none(errors);
}

bool check_prove(const struct command_line *line, struct run_inputs *inputs,
                 struct check_proofs *proofs, int *code, struct errors *errors) {
    *code = COMMAND_INVALID;
    if (!command_line_has(line, OPTION_PROVE))
        return true;
    if (inputs->probes_count == 0)
        return errors_add(errors, NULL, 0, 0, "--prove is for probes, and none is given");
    if (inputs->suite.shards > 0)
        return errors_add(
            errors, NULL, 0, 0,
            "--prove proves a probe whole: leave out --shard, or run `hvspec prove` beside "
            "the shards");
    *code = COMMAND_FAILED;
    return proof_all(inputs, proofs, errors);
}

bool check_prove_report(struct check_proofs *proofs, struct report *report) {
    for (size_t i = 0; i < proofs->count && i < report->probes_count; i++) {
        struct check_proof *proof = &proofs->proofs[i];

        for (size_t k = 0; k < proof->notes_count; k++) {
            char *text = proof->notes[k];

            proof->notes[k] = NULL;
            if (!suite_add_note(&report->probes[i], text))
                return false;
        }
    }
    return true;
}

void check_prove_clear(struct check_proofs *proofs) {
    for (size_t i = 0; i < proofs->count; i++) {
        struct check_proof *proof = &proofs->proofs[i];

        for (size_t k = 0; k < proof->notes_count; k++)
            free(proof->notes[k]);
        for (size_t k = 0; k < proof->cases.count; k++)
            free(proof->cases.ids[k]);
        free(proof->notes);
        free(proof->cases.ids);
    }
    free(proofs->proofs);
    free(proofs->cases);
    *proofs = (struct check_proofs){0};
}
