/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/internal.h"

#include "base/clock.h"
#include "harness/examine/rank.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- In the worker: one examiner at a time, for the probe in hand. --- */

struct suite_worker {
    size_t probe;
    struct examiner *examiner;
    bool judged[RULES];                    /* see struct judge_probe */
    char *failure;                         /* why there is no examiner */
    struct suite_examples examples[RULES]; /* those sent; keys only, no violations */
    struct suite_cells *cells;             /* likewise; NULL: not wanted */
    size_t sites_sent;
};

/* A result on its way home: this, then the failure's text, then violations, then sites. */
struct suite_result {
    uint8_t states[RULES];
    size_t runs, failure_size, violations_count, sites_count;
    double seconds;
    struct signs signs;
    struct plain_answers plain;
    bool shows; /* a case that breaks no rule follows the violations */
};

static void *suite_worker_start(void *context) {
    const struct suite *suite = context;
    struct suite_worker *worker = calloc(1, sizeof *worker);

    examine_confine((const struct probe *const *)suite->probes, suite->probes_count);
    if (worker)
        worker->probe = SIZE_MAX;
    return worker;
}

static void suite_worker_drop(struct suite_worker *worker) {
    examiner_free(worker->examiner);
    suite_cells_free(worker->cells);
    free(worker->failure);
    *worker = (struct suite_worker){.probe = SIZE_MAX};
}

static void suite_worker_stop(void *context, void *state) {
    (void)context;
    if (state)
        suite_worker_drop(state);
    free(state);
}

static void suite_worker_take(const struct suite *suite, struct suite_worker *worker,
                              size_t probe) {
    struct errors errors = {0};

    if (worker->probe == probe)
        return;
    suite_worker_drop(worker);
    worker->probe = probe;
    worker->examiner = examiner_new(suite->probes[probe], suite->options->seed, &errors);
    worker->cells = suite->cells ? suite_cells_new(suite_set(suite, probe)->count) : NULL;
    if (suite->cells && !worker->cells) {
        errors_add(&errors, NULL, 0, 0, "out of memory");
        examiner_free(worker->examiner);
        worker->examiner = NULL;
    }
    suite_judged(suite->probes[probe], suite->options->selected, suite->options->profile,
                 worker->judged);
    if (!worker->examiner)
        worker->failure = strdup(errors.count > 0 ? errors.entries[0].message : "out of memory");
    errors_clear(&errors);
}

/* Which rules count in a case: what is listed costs nothing there, so it takes nothing upon itself.
 */
static void suite_worker_judge(const struct suite *suite, struct suite_worker *worker,
                               size_t task) {
    bool judged[RULES];

    memcpy(judged, worker->judged, sizeof judged);
    for (unsigned rule = 0; rule < RULES; rule++)
        judged[rule] = judged[rule] && !suite_is_listed(suite, task, rule, FINDING_VIOLATED);
    examiner_judge(worker->examiner, judged);
}

bool suite_is_better(const struct suite_example *a, const struct suite_example *b) {
    if (a->listed != b->listed)
        return b->listed;
    return a->complexity != b->complexity ? a->complexity < b->complexity : a->task < b->task;
}

/* Puts an example in its place among the best; false: it is none of them (and not taken over). */
static bool suite_examples_add(struct suite_examples *examples, struct suite_example example) {
    size_t at = examples->count;

    while (at > 0 && suite_is_better(&example, &examples->best[at - 1]))
        at--;
    if (at == REPORT_EXAMPLES_MAX)
        return false;
    if (examples->count == REPORT_EXAMPLES_MAX)
        free(examples->best[--examples->count].violation);
    memmove(&examples->best[at + 1], &examples->best[at],
            (examples->count - at) * sizeof examples->best[0]);
    examples->best[at] = example;
    examples->count++;
    return true;
}

/* Whether the parent may want it, as far as this worker knows. */
static bool suite_is_wanted(struct suite_worker *worker, size_t scenario, enum rule_id rule,
                            struct suite_example example) {
    bool wanted = suite_examples_add(&worker->examples[rule], example);

    return (worker->cells && suite_cells_offer(worker->cells, scenario, rule, example)) || wanted;
}

static void suite_send_violations(const struct suite *suite, struct suite_worker *worker,
                                  size_t task, const struct examination *examination,
                                  struct suite_result *result, struct pool_message *message) {
    size_t index = suite->tasks[task].scenario;
    const struct scenario *scenario = &suite_set(suite, suite->tasks[task].probe)->scenarios[index];
    const struct scenario_case *test = &scenario->cases[suite->tasks[task].test];

    for (unsigned rule = 0; rule < RULES; rule++) {
        const struct violation *violation = &examination->violations[rule];
        struct suite_example example = {.task = task};

        if (!judge_is_broken(&examination->findings[rule]))
            continue;
        example.complexity = examine_rank(scenario, test, violation);
        example.listed = suite_is_listed(suite, task, rule, examination->findings[rule].state);
        if (!suite_is_wanted(worker, index, rule, example))
            continue;
        pool_message_add(message, &example.complexity, sizeof example.complexity);
        pool_message_add(message, violation, sizeof *violation);
        result->violations_count++;
    }
}

/* The run of a case that breaks no rule, when it is the scenario's first as far as this worker
 * knows. */
static void suite_send_shown(const struct suite *suite, struct suite_worker *worker, size_t task,
                             const struct examination *examination, struct suite_result *result,
                             struct pool_message *message) {
    size_t scenario = suite->tasks[task].scenario;
    static struct violation shown;

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (judge_is_broken(&examination->findings[rule]) ||
            (examination->findings[rule].state & FINDING_UNANSWERED))
            return;
    }
    if (examination->failed ||
        !suite_cells_offer(worker->cells, scenario, RULES, (struct suite_example){.task = task}) ||
        !examine_show(worker->examiner, suite_case(suite, &suite->tasks[task]), &shown))
        return;
    pool_message_add(message, &shown, sizeof shown);
    result->shows = true;
}

static void suite_worker_run(void *context, void *state, size_t index,
                             struct pool_message *message) {
    const struct suite *suite = context;
    const struct suite_task *task = &suite->tasks[index];
    const struct scenario_case *test = suite_case(suite, task);
    struct suite_worker *worker = state;
    struct suite_result result = {.runs = 0};
    static struct examination examination;
    const char *failure = "out of memory";
    double began = clock_seconds();

    if (worker)
        suite_worker_take(suite, worker, task->probe);
    if (worker && worker->examiner) {
        suite_worker_judge(suite, worker, index);
        examine_case(worker->examiner, test, &examination);
        failure = examination.failed ? examination.failure : "";
        for (unsigned rule = 0; rule < RULES; rule++)
            result.states[rule] = (uint8_t)examination.findings[rule].state;
        result.runs = examination.runs;
        result.signs = examination.signs;
        result.plain = examination.plain;
    } else if (worker && worker->failure) {
        failure = worker->failure;
    }
    result.failure_size = strlen(failure);
    result.seconds = clock_seconds() - began;
    pool_message_add(message, &result, sizeof result);
    pool_message_add(message, failure, result.failure_size);
    if (worker && worker->examiner) {
        const uint64_t *sites;

        suite_send_violations(suite, worker, index, &examination, &result, message);
        if (worker->cells)
            suite_send_shown(suite, worker, index, &examination, &result, message);
        result.sites_count = examiner_sites(worker->examiner, &sites) - worker->sites_sent;
        pool_message_add(message, sites + worker->sites_sent, result.sites_count * sizeof *sites);
        worker->sites_sent += result.sites_count;
        if (!message->lost)
            memcpy(message->bytes, &result, sizeof result);
    }
}

/* --- In the parent. --- */

static void suite_note_failure(struct suite *suite, struct suite_task *task, const char *text,
                               size_t size) {
    task->failure = strndup(text, size);
    if (!task->failure)
        suite->lost = true;
}

static void suite_take_site(struct suite *suite, size_t probe, uint64_t address) {
    size_t count = suite->sites_counts[probe];
    uint64_t *grown;

    for (size_t i = 0; i < count; i++) {
        if (suite->sites[probe][i] == address)
            return;
    }
    grown = realloc(suite->sites[probe], (count + 1) * sizeof *grown);
    if (!grown) {
        suite->lost = true;
        return;
    }
    grown[count] = address;
    suite->sites[probe] = grown;
    suite->sites_counts[probe]++;
}

/* NULL: out of memory, which is noted. */
static struct violation *suite_copy_violation(struct suite *suite, const char *bytes) {
    struct violation *violation = malloc(sizeof *violation);

    if (violation)
        memcpy(violation, bytes, sizeof *violation);
    else
        suite->lost = true;
    return violation;
}

/* Offers what arrived to a list, with a copy of its own. */
static void suite_take_cell(struct suite *suite, enum rule_id rule, struct suite_example example,
                            const char *bytes) {
    size_t scenario = suite->tasks[example.task].scenario;

    example.violation = suite_copy_violation(suite, bytes);
    if (example.violation && !suite_cells_offer(suite->cells, scenario, rule, example))
        free(example.violation);
}

static void suite_take_violation(struct suite *suite, size_t index, const char *bytes) {
    size_t probe = suite->tasks[index].probe;
    struct suite_example example = {.task = index};
    enum rule_id rule;

    memcpy(&example.complexity, bytes, sizeof example.complexity);
    bytes += sizeof example.complexity;
    example.violation = suite_copy_violation(suite, bytes);
    if (!example.violation)
        return;
    rule = example.violation->rule;
    example.listed = suite_is_listed(suite, index, rule, suite->tasks[index].states[rule]);
    if (!suite_examples_add(&suite->examples[probe][rule], example))
        free(example.violation);
    if (suite->cells)
        suite_take_cell(suite, rule, example, bytes);
}

static void suite_done(void *context, size_t index, const char *bytes, size_t size) {
    struct suite *suite = context;
    struct suite_task *task = &suite->tasks[index];
    struct suite_result result;
    const char *at = bytes + sizeof result;

    (void)size; /* our own workers' arithmetic */
    memcpy(&result, bytes, sizeof result);
    memcpy(task->states, result.states, sizeof task->states);
    task->done = true;
    task->plain = result.plain;
    task->seconds = result.seconds;
    suite->tasks_done++;
    suite->runs += result.runs;
    signs_add(&suite->signs[task->probe], &result.signs);
    if (result.failure_size > 0)
        suite_note_failure(suite, task, at, result.failure_size);
    at += result.failure_size;
    for (size_t i = 0; i < result.violations_count; i++) {
        suite_take_violation(suite, index, at);
        at += sizeof(unsigned) + sizeof(struct violation);
    }
    if (result.shows) {
        suite_take_cell(suite, RULES, (struct suite_example){.task = index}, at);
        at += sizeof(struct violation);
    }
    for (size_t i = 0; i < result.sites_count; i++) {
        uint64_t address;

        memcpy(&address, at + i * sizeof address, sizeof address);
        suite_take_site(suite, task->probe, address);
    }
}

static void suite_lost(void *context, size_t index, const char *why) {
    struct suite *suite = context;
    struct suite_task *task = &suite->tasks[index];

    task->done = true;
    suite->tasks_done++;
    suite_note_failure(suite, task, why, strlen(why));
}

struct pool_work suite_work(struct suite *suite, unsigned workers) {
    return (struct pool_work){.context = suite,
                              .count = suite->tasks_count,
                              .workers = workers,
                              .start = suite_worker_start,
                              .run = suite_worker_run,
                              .stop = suite_worker_stop,
                              .done = suite_done,
                              .lost = suite_lost};
}

void suite_free(struct suite *suite) {
    pool_free(suite->pool);
    for (size_t i = 0; suite->tasks && i < suite->tasks_count; i++)
        free(suite->tasks[i].failure);
    for (size_t probe = 0; probe < suite->probes_count; probe++) {
        for (unsigned rule = 0; suite->examples && rule < RULES; rule++) {
            struct suite_examples *examples = &suite->examples[probe][rule];

            for (size_t i = 0; i < examples->count; i++)
                free(examples->best[i].violation);
        }
        if (suite->sites)
            free(suite->sites[probe]);
        if (suite->chosen)
            free(suite->chosen[probe]);
    }
    suite_cells_free(suite->cells);
    free(suite->tasks);
    free(suite->tasks_first);
    free(suite->examples);
    free(suite->sites);
    free(suite->chosen);
    free(suite->left_out);
    free(suite->signs);
    free(suite->sites_counts);
}
