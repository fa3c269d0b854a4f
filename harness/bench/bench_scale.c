/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/bench/bench.h"

#include "base/pool.h"
#include "harness/cunit/cunit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What grows with the number of cases, probes, leaves in a table, the probe's size and workers. */
#define SCALE_CALLS 64u /* one batch */
#define SCALE_BATCHES 500u
#define SCALE_SCENARIOS 4u /* of a run of many probes */

static void scale_add(struct bench_series *series, double x, double y) {
    series->points[series->count].x = x;
    series->points[series->count++].y = y;
}

/* --- Cases, in one process. --- */

static bool scale_cases(const struct bench_subject *subject, struct bench_series *series,
                        struct errors *errors) {
    static const size_t calls[] = {2000, 8000, 32000, 128000, SIZE_MAX};
    size_t points = subject->quick ? 2 : sizeof calls / sizeof calls[0];
    char why[160] = "out of memory";
    void *state = bench_check.open(subject, why, sizeof why);

    if (!state)
        return errors_add(errors, NULL, 0, 0, "%s", why);
    for (size_t i = 0; i < points; i++) {
        double start = bench_processor_time();
        struct bench_count count = bench_check.run(state, calls[i]);

        scale_add(series, (double)count.calls, (bench_processor_time() - start) * 1e3);
    }
    bench_check.close(state);
    return true;
}

/* --- Leaves and size: batches of the same question. --- */

/* Nanoseconds of one call, or a negative number. */
static double scale_calls(struct guest *guest, const struct cpuid_table *table) {
    struct guest_job jobs[SCALE_CALLS];
    struct observation observations[SCALE_CALLS];
    double start;

    for (size_t i = 0; i < SCALE_CALLS; i++)
        jobs[i] = (struct guest_job){.table = table, .target = BENCH_TARGET};
    guest_run(guest, jobs, SCALE_CALLS, observations);
    start = bench_processor_time();
    for (size_t i = 0; i < SCALE_BATCHES; i++)
        guest_run(guest, jobs, SCALE_CALLS, observations);
    return (bench_processor_time() - start) / (SCALE_BATCHES * SCALE_CALLS) * 1e9;
}

static bool scale_leaves(const struct bench_subject *subject, struct bench_series *series,
                         struct errors *errors) {
    static const uint32_t counts[] = {1, 4, 16, 64, 255, 4096};
    struct guest *guest = guest_new(subject->probe->image, &subject->probe->setup, errors);

    for (size_t i = 0; guest && i < sizeof counts / sizeof counts[0]; i++) {
        struct cpuid_table table = {.base.eax = CPUID_BLOCK_LAST, .present = true};

        for (uint32_t j = 0; j < counts[i]; j++)
            cpuid_table_add(&table,
                            (struct cpuid_leaf){CPUID_BASE + 0x10 + j, 0, true, {1, 0, 0, 0}});
        scale_add(series, counts[i], scale_calls(guest, &table));
        cpuid_table_clear(&table);
    }
    guest_free(guest);
    return errors_none(errors);
}

/* A flat probe: mov eax, BASE; cpuid; cmp eax, edi; jb no; mov eax, edi; cpuid; ret; no: xor eax,
 * eax; ret, with RBX kept in R8; then zeros up to `size`. */
static bool scale_write_probe(const char *path, size_t size, struct errors *errors) {
    static const uint8_t code[] = {0x49, 0x89, 0xd8, 0x31, 0xc9, 0xb8, 0x00, 0x00, 0x00, 0x40, 0x0f,
                                   0xa2, 0x39, 0xf8, 0x72, 0x0a, 0x89, 0xf8, 0x31, 0xc9, 0x0f, 0xa2,
                                   0x4c, 0x89, 0xc3, 0xc3, 0x31, 0xc0, 0x4c, 0x89, 0xc3, 0xc3};
    FILE *file = fopen(path, "w");
    bool written = file && fwrite(code, 1, sizeof code, file) == sizeof code;

    if (file && (fclose(file) != 0 || truncate(path, (off_t)size) != 0))
        written = false;
    return written || errors_add(errors, path, 0, 0, "cannot write a probe");
}

static bool scale_sizes(const struct bench_subject *subject, struct bench_series *calls,
                        struct bench_series *starts, struct errors *errors) {
    static const size_t sizes[] = {1u << 12, 1u << 16, 1u << 20, 1u << 24, 1u << 26};
    size_t points = subject->quick ? 2 : sizeof sizes / sizeof sizes[0];
    struct cpuid_table table = {.base.eax = CPUID_BLOCK_LAST, .present = true};
    char path[] = P_tmpdir "/hvspec-bench-XXXXXX";
    int file = mkstemp(path);

    if (file < 0)
        return errors_add(errors, path, 0, 0, "cannot make a temporary file");
    close(file);
    for (size_t i = 0; errors_none(errors) && i < points; i++) {
        const struct probe_options options = {.flat = "64@0x400000"};
        struct probe **probes = NULL;
        size_t count = 0;
        double start = bench_processor_time();
        struct guest *guest = NULL;

        if (scale_write_probe(path, sizes[i], errors) &&
            probe_load(path, &options, &probes, &count, errors))
            guest = guest_new(probes[0]->image, &probes[0]->setup, errors);
        if (guest) {
            scale_add(starts, (double)sizes[i], (bench_processor_time() - start) * 1e3);
            scale_add(calls, (double)sizes[i], scale_calls(guest, &table));
        }
        guest_free(guest);
        for (size_t j = 0; j < count; j++)
            probe_free(probes[j]);
        free(probes);
    }
    unlink(path);
    return errors_none(errors);
}

/* --- Probes: what the program itself does for each, its workers' time not counted. --- */

static bool scale_probes(const struct bench_subject *subject, struct bench_series *series,
                         struct errors *errors) {
    static const size_t counts[] = {1, 4, 16, 64};
    size_t points = subject->quick ? 2 : sizeof counts / sizeof counts[0];
    struct scenario_set few = *subject->set;
    struct probe *probes[64];

    few.count = few.count < SCALE_SCENARIOS ? few.count : SCALE_SCENARIOS;
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++)
        probes[i] = (struct probe *)subject->probe;
    for (size_t i = 0; i < points; i++) {
        struct suite_options options = {.seed = 1, .workers = pool_processors()};
        struct report report = {0};
        double start = bench_processor_time();
        bool done;

        memset(options.selected, true, sizeof options.selected);
        done = cunit_run(probes, counts[i], &few, &options, &report, errors);
        report_clear(&report);
        if (!done)
            return false;
        scale_add(series, (double)counts[i], (bench_processor_time() - start) * 1e3);
    }
    return true;
}

/* --- Workers: real time, since that is what they are for. --- */

static bool scale_workers(const struct bench_subject *subject, struct bench_series *series,
                          struct errors *errors) {
    struct probe *probes[] = {(struct probe *)subject->probe};
    unsigned most = pool_processors();

    for (unsigned workers = 1; workers <= most && series->count < BENCH_POINTS_MAX; workers *= 2) {
        struct suite_options options = {.seed = 1, .workers = workers};
        struct report report = {0};
        double start = bench_real_time();
        bool done;

        memset(options.selected, true, sizeof options.selected);
        done = cunit_run(probes, 1, subject->set, &options, &report, errors);
        report_clear(&report);
        if (!done)
            return false;
        scale_add(series, workers, bench_real_time() - start);
    }
    return true;
}

/* Millions of runs a second, all workers together. */
static void scale_sweep(const struct bench_sweeps *sweep, struct bench_series *series) {
    for (size_t i = 0; i < sweep->count; i++)
        scale_add(series, sweep->workers[i], sweep->rates[i] * 1e-6);
}

bool bench_scale(const struct bench_subject *subject, const struct bench_sweeps *sweep,
                 struct bench_series series[BENCH_SERIES], struct errors *errors) {
    static const struct bench_series names[BENCH_SERIES] = {
        {.title = "Number of cases", .x = "calls of the probe", .y = "ms"},
        {.title = "Leaves in a table", .x = "leaves", .y = "ns a call"},
        {.title = "Size of the probe, a call", .x = "bytes", .y = "ns a call"},
        {.title = "Size of the probe, a start", .x = "bytes", .y = "ms a worker"},
        {.title = "Workers, the whole suite", .x = "workers", .y = "s, real time"},
        {.title = "Workers, a sweep", .x = "workers", .y = "million runs/s"},
        {.title = "Number of probes, the report", .x = "probes", .y = "ms"},
    };

    memcpy(series, names, sizeof names);
    scale_sweep(sweep, &series[5]);
    return scale_cases(subject, &series[0], errors) && scale_leaves(subject, &series[1], errors) &&
           scale_sizes(subject, &series[2], &series[3], errors) &&
           scale_workers(subject, &series[4], errors) &&
           scale_probes(subject, &series[6], errors);
}
