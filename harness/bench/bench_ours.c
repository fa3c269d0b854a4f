/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/bench/bench.h"

#include "harness/examine/examine.h"
#include "harness/sweep/internal.h"

#include <stdlib.h>
#include <string.h>

/* What hvspec's own work costs: the whole suite with every judge on, in one process. */
struct checked {
    struct examiner *examiner;
    const struct scenario_set *set;
    struct examination examination;
};

static void checked_close(void *state) {
    struct checked *checked = state;

    examiner_free(checked->examiner);
    free(checked);
}

static void *checked_open(const struct bench_subject *subject, char *why, size_t size) {
    struct checked *checked = calloc(1, sizeof *checked);
    struct errors errors = {0};

    if (!checked)
        return NULL;
    checked->set = subject->set;
    checked->examiner = examiner_new(subject->probe, 1, &errors);
    if (checked->examiner)
        return checked;
    snprintf(why, size, "%s", errors.count > 0 ? errors.entries[0].message : "out of memory");
    errors_clear(&errors);
    checked_close(checked);
    return NULL;
}

/* Cases from the set's start until `calls` calls are made; SIZE_MAX: all of them. */
static struct bench_count checked_run(void *state, size_t calls) {
    struct checked *checked = state;
    struct bench_count count = {0, 0};

    for (size_t i = 0; i < checked->set->count && count.calls < calls; i++) {
        const struct scenario *scenario = &checked->set->scenarios[i];

        for (size_t j = 0; j < scenario->cases_count && count.calls < calls; j++) {
            if (scenario->needs_presence)
                break;
            examine_case(checked->examiner, &scenario->cases[j], &checked->examination);
            count.calls += checked->examination.runs;
            count.wrong += checked->examination.failed;
            for (unsigned rule = 0; rule < RULES; rule++)
                count.wrong += rules[rule].level == RULE_MUST && !rules[rule].profile &&
                               (checked->examination.findings[rule].state & FINDING_VIOLATED);
        }
    }
    return count;
}

const struct bench_method bench_check = {
    .name = "check",
    .what = "the whole suite with every judge and twin, per call of the probe",
    .calls = SIZE_MAX,
    .open = checked_open,
    .run = checked_run,
    .close = checked_close,
};

/* Sweeping: what a worker of `hvspec sweep` does with its tasks, all over the 2^32 maxima. */
struct swept {
    struct sweep sweep;
    struct sweep_options options;
    struct sweep_result result;
    void *worker;
    size_t next; /* task */
};

static void swept_close(void *state) {
    struct swept *swept = state;

    sweep_work_stop(&swept->sweep, swept->worker);
    free(swept);
}

static void *swept_open(const struct bench_subject *subject, char *why, size_t size) {
    struct swept *swept = calloc(1, sizeof *swept);

    if (!swept)
        return NULL;
    swept->options = (struct sweep_options){
        .axes = {{SWEEP_MAX, BENCH_TARGET}}, .axes_count = 1, .to = UINT32_MAX, .stride = 1};
    swept->sweep = (struct sweep){.probe = subject->probe,
                                  .options = &swept->options,
                                  .result = &swept->result,
                                  .tasks_per_axis = UINT32_MAX / SWEEP_TASK_VALUES + 1};
    swept->worker = sweep_work_start(&swept->sweep);
    if (swept->worker)
        return swept;
    snprintf(why, size, "out of memory");
    swept_close(swept);
    return NULL;
}

/* Tasks from all over the range, so that maxima below the target and above it have their share. */
static struct bench_count swept_run(void *state, size_t calls) {
    struct swept *swept = state;
    struct bench_count count = {0, 0};

    while (count.calls < calls) {
        struct pool_message message = {0};
        struct sweep_axis_result result;

        swept->next = (swept->next + 40503) % swept->sweep.tasks_per_axis;
        sweep_work_run(&swept->sweep, swept->worker, swept->next, &message);
        count.calls += SWEEP_TASK_VALUES;
        if (message.size != sizeof result) {
            count.wrong += SWEEP_TASK_VALUES;
        } else {
            memcpy(&result, message.bytes, sizeof result);
            count.wrong += result.unjudged;
            for (enum rule_id rule = 0; rule < RULES; rule++)
                count.wrong += rules_fails(rule, false) ? result.findings[rule].broken.values : 0;
        }
        free(message.bytes);
    }
    return count;
}

const struct bench_method bench_sweep = {
    .name = "sweep",
    .what = "one register's values swept, each run judged",
    .calls = 7 * SWEEP_TASK_VALUES,
    .open = swept_open,
    .run = swept_run,
    .close = swept_close,
};
