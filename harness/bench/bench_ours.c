/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/bench/bench.h"

#include "harness/examine.h"

#include <stdlib.h>

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

/* Sweeping: the maximum runs through the series, each run judged. */
#define SWEPT_BATCH 64u

struct swept {
    struct guest *guest;
    const struct probe *probe;
    struct cpuid_table table;
    struct cpuid_change changes[SWEPT_BATCH];
    struct guest_job jobs[SWEPT_BATCH];
    struct observation observations[SWEPT_BATCH];
};

static void swept_close(void *state) {
    struct swept *swept = state;

    guest_free(swept->guest);
    cpuid_table_clear(&swept->table);
    free(swept);
}

static void *swept_open(const struct bench_subject *subject, char *why, size_t size) {
    struct swept *swept = calloc(1, sizeof *swept);
    struct errors errors = {0};

    if (!swept)
        return NULL;
    swept->probe = subject->probe;
    swept->table.present = true;
    cpuid_table_add(&swept->table, (struct cpuid_leaf){BENCH_TARGET, 0, true, {1, 0, 0, 0}});
    swept->guest = guest_new(subject->probe->image, &subject->probe->setup, &errors);
    for (size_t i = 0; i < SWEPT_BATCH; i++) {
        swept->changes[i] = (struct cpuid_change){.kind = CPUID_CHANGE_SET,
                                                  .registers = CPUID_EAX,
                                                  .first = CPUID_BASE,
                                                  .last = CPUID_BASE};
        swept->jobs[i] = (struct guest_job){.table = &swept->table,
                                            .changes = &swept->changes[i],
                                            .changes_count = 1,
                                            .target = BENCH_TARGET};
    }
    if (swept->guest)
        return swept;
    snprintf(why, size, "%s", errors.count > 0 ? errors.entries[0].message : "out of memory");
    errors_clear(&errors);
    swept_close(swept);
    return NULL;
}

static struct bench_count swept_run(void *state, size_t calls) {
    struct swept *swept = state;
    struct bench_count count = {0, 0};

    while (count.calls < calls) {
        for (size_t i = 0; i < SWEPT_BATCH; i++)
            swept->changes[i].values.eax = bench_maximum(count.calls + i);
        guest_run(swept->guest, swept->jobs, SWEPT_BATCH, swept->observations);
        for (size_t i = 0; i < SWEPT_BATCH; i++) {
            enum outcome outcome = probe_outcome(swept->probe, &swept->observations[i]);

            count.wrong += (outcome == OUTCOME_AVAILABLE) != bench_expects(count.calls + i);
        }
        count.calls += SWEPT_BATCH;
    }
    return count;
}

const struct bench_method bench_sweep = {
    .name = "sweep",
    .what = "one register's values swept, each run judged",
    .calls = 400000,
    .open = swept_open,
    .run = swept_run,
    .close = swept_close,
};
