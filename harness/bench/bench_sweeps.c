/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/bench/bench.h"

#include "base/pool.h"
#include "harness/sweep/sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * Whole sweeps on worker processes: how the rate grows with the workers, whether
 * memory stays what it was, and what a proof for all values costs at that rate.
 */
#define SWEEPS_ROUNDS 3u
#define SWEEPS_STRIDE 509u /* values all over the 2^32: 8.4 million on each register */
#define SWEEPS_QUICK_STRIDE 65537u
#define SWEEPS_AXES 2u

/* Resident memory of this process and its workers, seen while a sweep runs. */
struct sweeps_memory {
    unsigned workers;   /* that there are */
    size_t first, last; /* bytes, while all of them run */
    unsigned seen;
};

/* Bytes, 0 when the process has gone. */
static size_t sweeps_resident(long pid) {
    unsigned long all = 0, resident = 0;
    char path[64];
    FILE *file;

    snprintf(path, sizeof path, "/proc/%ld/statm", pid);
    file = fopen(path, "r");
    if (file && fscanf(file, "%lu %lu", &all, &resident) != 2)
        resident = 0;
    if (file)
        fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}

/* Called a few times a second; the first time everybody has only just started. */
static void sweeps_look(void *context, uint64_t done, uint64_t count) {
    struct sweeps_memory *memory = context;
    size_t sum = sweeps_resident(getpid());
    unsigned workers = 0;
    FILE *children;
    char path[64];
    long pid;

    (void)done;
    (void)count;
    if (memory->seen++ == 0)
        return;
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)getpid(), (long)getpid());
    children = fopen(path, "r");
    while (children && fscanf(children, "%ld", &pid) == 1) {
        size_t resident = sweeps_resident(pid);

        workers += resident > 0; /* nothing is left of one that has ended */
        sum += resident;
    }
    if (children)
        fclose(children);
    if (workers != memory->workers)
        return;
    if (memory->first == 0)
        memory->first = sum;
    memory->last = sum;
}

/* Of this process and of those that it has waited for. */
static double sweeps_processor_time(void) {
    struct rusage usage;

    getrusage(RUSAGE_CHILDREN, &usage);
    return bench_processor_time() + (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* Runs a second of real time, and seconds of processor time a run. */
static bool sweeps_run(const struct probe *probe, unsigned workers, uint32_t stride,
                       struct sweeps_memory *memory, double *rate, double *cost,
                       struct errors *errors) {
    struct sweep_options options = {
        .axes = {{SWEEP_MAX, BENCH_TARGET}, {SWEEP_EAX, BENCH_TARGET}},
        .axes_count = SWEEPS_AXES,
        .to = UINT32_MAX,
        .stride = stride,
        .beyond = CPUID_FILL_HIGHEST_BASIC,
        .workers = workers,
        .progress = sweeps_look,
        .progress_context = memory,
    };
    struct sweep_result result = {0};
    double runs = (double)(SWEEPS_AXES * sweep_values(&options));
    double start = bench_real_time(), used = sweeps_processor_time();
    bool swept = sweep_run(probe, &options, &result, errors);

    *rate = runs / (bench_real_time() - start);
    *cost = (sweeps_processor_time() - used) / runs;
    for (size_t i = 0; swept && i < options.axes_count; i++) {
        for (unsigned rule = 0; rule < RULES; rule++) {
            if (result.axes[i].unjudged > 0 ||
                (rules_fails(rule, false) && result.axes[i].findings[rule].broken.count > 0))
                swept = errors_add(errors, probe->path, 0, 0, "the sweep finds it wrong");
        }
    }
    sweep_result_clear(&result);
    return swept;
}

static bool sweeps_measure(const struct probe *probe, uint32_t stride, struct bench_sweeps *sweeps,
                           struct errors *errors) {
    struct sweeps_memory memory = {0};

    sweeps->bits = probe->image->mode == IMAGE_64 ? 64 : 32;
    for (unsigned workers = 1; workers <= pool_processors() && sweeps->count < BENCH_POINTS_MAX;
         workers *= 2) {
        double rates[SWEEPS_ROUNDS], costs[SWEEPS_ROUNDS];

        for (unsigned round = 0; round < SWEEPS_ROUNDS; round++) {
            memory = (struct sweeps_memory){.workers = workers};
            if (!sweeps_run(probe, workers, stride, &memory, &rates[round], &costs[round], errors))
                return false;
        }
        sweeps->workers[sweeps->count] = workers;
        sweeps->costs[sweeps->count] = bench_median(costs, SWEEPS_ROUNDS);
        sweeps->rates[sweeps->count++] = bench_median(rates, SWEEPS_ROUNDS);
    }
    sweeps->memory_first = memory.first;
    sweeps->memory_last = memory.last;
    return true;
}

bool bench_sweeps_measure(const struct bench_subject *subject, struct bench_sweeps sweeps[2],
                          size_t *count, struct errors *errors) {
    uint32_t stride = subject->quick ? SWEEPS_QUICK_STRIDE : SWEEPS_STRIDE;

    *count = subject->narrow ? 2 : 1;
    memset(sweeps, 0, 2 * sizeof *sweeps);
    return sweeps_measure(subject->probe, stride, &sweeps[0], errors) &&
           (!subject->narrow || sweeps_measure(subject->narrow, stride, &sweeps[1], errors));
}

/* --- Telling it. --- */

/* "41 min", "3.4 h", "12 d": what people plan with. */
static const char *sweeps_duration(double seconds, char text[32]) {
    static const struct {
        double seconds;
        const char *unit;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    size_t i = 0;

    while (i + 1 < sizeof units / sizeof units[0] && seconds < 2 * units[i].seconds)
        i++;
    snprintf(text, 32, seconds < 10 * units[i].seconds ? "%.1f %s" : "%.0f %s",
             seconds / units[i].seconds, units[i].unit);
    return text;
}

/* Core seconds of one register's 2^32 values with all cores at work. In processor time, so that
 * other work on the machine does not make them dearer. */
static double sweeps_register(const struct bench_sweeps *sweeps) {
    return 4294967296.0 * sweeps->costs[sweeps->count - 1];
}

static void sweeps_print_workers(const struct bench_sweeps *sweeps, size_t index) {
    unsigned workers = sweeps->workers[index];

    printf("%u bits, %u worker%s: %.2f million runs a second, %.0f ns of processor time each",
           sweeps->bits, workers, workers == 1 ? "" : "s", sweeps->rates[index] * 1e-6,
           sweeps->costs[index] * 1e9);
    if (index > 0)
        printf("; %.2f times one worker's rate, %.2f by processor time (aim: 1.9 for twice)",
               sweeps->rates[index] / sweeps->rates[0],
               workers * sweeps->costs[0] / sweeps->costs[index]);
    printf("\n");
}

void bench_sweeps_print(const struct bench_sweeps *sweeps, size_t count) {
    printf("\nWhole sweeps, the median of %u rounds:\n", SWEEPS_ROUNDS);
    for (size_t i = 0; i < count; i++) {
        const struct bench_sweeps *one = &sweeps[i];
        size_t last = one->count - 1;
        char text[32], alone[32];

        for (size_t k = 0; k < one->count; k++)
            sweeps_print_workers(one, k);
        printf("%u bits, all 2^32 values of one register with %u workers: %s at this rate, %s with "
               "the "
               "processors to themselves\n",
               one->bits, one->workers[last],
               sweeps_duration(4294967296.0 / one->rates[last], text),
               sweeps_duration(sweeps_register(one) / one->workers[last], alone));
        if (one->memory_first > 0)
            printf("%u bits, resident memory of all processes: %.1f MiB first, %.1f MiB last\n",
                   one->bits, (double)one->memory_first / 1048576,
                   (double)one->memory_last / 1048576);
        else
            printf("%u bits, resident memory of all processes: too short to be seen\n", one->bits);
    }
}

void bench_sweeps_print_costs(const struct bench_sweeps *sweeps, size_t count) {
    static const struct {
        const char *what;
        unsigned probes, builds, targets;
    } rows[] = {
        {"one function, one build, one target", 1, 1, 1},
        {"the same in 4 builds", 1, 4, 1},
        {"the same for all 15 ranges' first targets", 1, 4, 15},
        {"10 functions, 4 builds, 1 target", 10, 4, 1},
        {"10 functions, 16 builds, 15 targets", 10, 16, 15},
        {"100 functions, 16 builds, 15 targets", 100, 16, 15},
    };
    static const unsigned cores[] = {1, 64, 1000};
    double build = 0;

    /* Half the builds have 64 bits and half 32, where both were measured; two registers each. */
    for (size_t i = 0; i < count; i++)
        build += 2 * sweeps_register(&sweeps[i]) / (double)count;
    printf("\nWhat a proof for all values of both registers costs, on paper, at these rates"
           " (%s):\n\n| | runs | 1 core | 64 cores | 1,000 cores |\n|---|---|---|---|---|\n",
           count == 2 ? "half the builds have 64 bits, half 32" : "64 bits");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double sweeps_count = (double)rows[i].probes * rows[i].builds * rows[i].targets;
        char text[32];

        printf("| %s | 2^%.1f |", rows[i].what, 33 + log2(sweeps_count));
        for (size_t k = 0; k < sizeof cores / sizeof cores[0]; k++)
            printf(" %s |", sweeps_duration(build * sweeps_count / cores[k], text));
        printf("\n");
    }
}
