/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/bench/bench.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* bench [--quick] SCENARIOS PLOT.svg PROBE [PLAIN [NARROW]]: rounds of all methods, one after the
 * other, so that what else the machine does falls on all of them; the median of the rounds is told.
 */
#define BENCH_ROUNDS 7u
#define BENCH_QUICK_CALLS 50u
#define BENCH_METHODS (sizeof bench_methods / sizeof bench_methods[0])

static const struct bench_method *const bench_methods[] = {
    &bench_bare, &bench_batched, &bench_check, &bench_sweep, &bench_kvm, &bench_native,
};

struct bench_row {
    void *state;
    char why[160];
    double cost[BENCH_ROUNDS]; /* seconds of processor time a call */
    double median;
    struct bench_count count; /* of the last round */
};

static double bench_clock(clockid_t clock) {
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double bench_processor_time(void) {
    return bench_clock(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_real_time(void) {
    return bench_clock(CLOCK_MONOTONIC);
}

static int bench_compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double bench_median(double *values, size_t count) {
    qsort(values, count, sizeof *values, bench_compare);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static void bench_round(const struct bench_subject *subject, struct bench_row *rows, size_t round) {
    for (size_t i = 0; i < BENCH_METHODS; i++) {
        double start = bench_processor_time();

        if (!rows[i].state)
            continue;
        rows[i].count = bench_methods[i]->run(
            rows[i].state, subject->quick ? BENCH_QUICK_CALLS : bench_methods[i]->calls);
        rows[i].cost[round] = (bench_processor_time() - start) / (double)rows[i].count.calls;
    }
}

static void bench_print_row(const struct bench_method *method, const struct bench_row *row) {
    if (!row->state)
        printf("%-8s           -  not measured: %s\n", method->name, row->why);
    else if (row->count.wrong > 0)
        printf("%-8s           -  %zu of %zu answers are wrong\n", method->name, row->count.wrong,
               row->count.calls);
    else
        printf("%-8s %9.1f ns  %s (%zu calls, %.2f s)\n", method->name, row->median * 1e9,
               method->what, row->count.calls, row->median * (double)row->count.calls);
}

static const struct bench_row *bench_find(const struct bench_row *rows,
                                          const struct bench_method *method) {
    for (size_t i = 0; i < BENCH_METHODS; i++) {
        if (bench_methods[i] == method)
            return &rows[i];
    }
    return NULL;
}

static void bench_print_ratio(const struct bench_row *rows, const struct bench_method *method,
                              const struct bench_method *against, double aim) {
    const struct bench_row *row = bench_find(rows, method), *by = bench_find(rows, against);

    if (row->state && by->state)
        printf("%s/%s %.2f (aim: at most %.2f)\n", method->name, against->name,
               row->median / by->median, aim);
}

/* False when some answer was wrong. */
static bool bench_print(struct bench_row *rows) {
    bool right = true;

    printf("Processor time of one call, the median of %u rounds:\n", BENCH_ROUNDS);
    for (size_t i = 0; i < BENCH_METHODS; i++) {
        if (rows[i].state)
            rows[i].median = bench_median(rows[i].cost, BENCH_ROUNDS);
        right &= rows[i].count.wrong == 0;
        bench_print_row(bench_methods[i], &rows[i]);
    }
    bench_print_ratio(rows, &bench_check, &bench_bare, 1.5);
    bench_print_ratio(rows, &bench_sweep, &bench_batched, 1.15);
    return right;
}

static bool bench_compare_methods(const struct bench_subject *subject) {
    struct bench_row rows[BENCH_METHODS];
    bool right;

    memset(rows, 0, sizeof rows);
    for (size_t i = 0; i < BENCH_METHODS; i++)
        rows[i].state = bench_methods[i]->open(subject, rows[i].why, sizeof rows[i].why);
    bench_round(subject, rows, 0); /* warms caches and translations; its figures are overwritten */
    for (size_t round = 0; round < BENCH_ROUNDS; round++)
        bench_round(subject, rows, round);
    right = bench_print(rows);
    for (size_t i = 0; i < BENCH_METHODS; i++) {
        if (rows[i].state)
            bench_methods[i]->close(rows[i].state);
    }
    return right;
}

static bool bench_sweep_all(const struct bench_subject *subject, struct bench_sweeps sweeps[2],
                            struct errors *errors) {
    size_t count;

    if (!bench_sweeps_measure(subject, sweeps, &count, errors))
        return false;
    bench_sweeps_print(sweeps, count);
    bench_sweeps_print_costs(sweeps, count);
    return true;
}

static bool bench_scales(const struct bench_subject *subject, const struct bench_sweeps *sweep,
                         const char *plot, struct errors *errors) {
    struct bench_series series[BENCH_SERIES];

    memset(series, 0, sizeof series);
    if (!bench_scale(subject, sweep, series, errors))
        return false;
    for (size_t i = 0; i < BENCH_SERIES; i++) {
        printf("\n%s\n%-22s", series[i].title, series[i].x);
        for (size_t j = 0; j < series[i].count; j++)
            printf(" %10.0f", series[i].points[j].x);
        printf("\n%-22s", series[i].y);
        for (size_t j = 0; j < series[i].count; j++)
            printf(" %10.3g", series[i].points[j].y);
        printf("\n");
    }
    fflush(stdout);
    if (bench_plot(series, BENCH_SERIES, plot))
        printf("\nplot: %s\n", plot);
    else
        printf("\nno plot: gnuplot (Debian package gnuplot-nox) draws it, to %s\n", plot);
    return true;
}

int main(int count, char **arguments) {
    const struct probe_options options = {0};
    struct scenario_set set = {0};
    struct bench_sweeps sweeps[2];
    bool quick = count > 1 && strcmp(arguments[1], "--quick") == 0;
    struct probe **probes = NULL;
    size_t probes_count = 0;
    struct errors errors = {0};
    bool done = false;

    count -= quick;
    arguments += quick;
    if (count < 4 || count > 6) {
        fputs("usage: bench [--quick] SCENARIOS PLOT.svg PROBE [WITHOUT-VECTOR-INSTRUCTIONS "
              "[32-BITS]]\n",
              stderr);
        return 2;
    }
    for (int i = 3; i < count; i++)
        probe_load(arguments[i], &options, &probes, &probes_count, &errors);
    if (errors_none(&errors) && scenario_set_add(&set, arguments[1], NULL, 1, &errors)) {
        struct bench_subject subject = {probes[0], count >= 5 ? probes[1] : NULL,
                                        count == 6 ? probes[2] : NULL, &set, quick};

        done = bench_compare_methods(&subject) && bench_sweep_all(&subject, sweeps, &errors) &&
               bench_scales(&subject, &sweeps[0], arguments[2], &errors) && bench_tables(&subject);
    }
    errors_print(&errors, "bench: ", stderr);
    for (size_t i = 0; i < probes_count; i++)
        probe_free(probes[i]);
    free(probes);
    scenario_set_clear(&set);
    errors_clear(&errors);
    return done ? 0 : 1;
}
