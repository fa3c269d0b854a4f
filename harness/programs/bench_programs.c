/* SPDX-License-Identifier: GPL-2.0-or-later */

/* bench_programs PROBE...: what a run costs from kept state and from the start, in processor time
 * of one core, as rows of a table. A PROBE is a manifest, or FILE:ENTRY of a library. */
#include "emulator/process/process.h"
#include "harness/probe/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BENCH_SECONDS 1.0 /* of each measurement */

static double now(void) {
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Seconds a run, of tables that differ in the target's EAX. 0: a run gave no answer. */
static double measure(struct process *process) {
    const uint32_t target = 0x40000010;
    double start = now();
    unsigned runs = 0;

    do {
        struct cpuid_table table = {.present = true, .base = {0x40000020, 1, 2, 3}};
        struct guest_job job = {.table = &table, .target = target};
        struct observation seen = {.end = OBSERVATION_HARNESS_FAILURE};

        if (cpuid_table_add(&table, (struct cpuid_leaf){target, 0, true, {runs & 1, runs, 1, 2}}))
            process_run(process, &job, 1, &seen);
        cpuid_table_clear(&table);
        if (seen.end != OBSERVATION_RETURNED)
            return 0;
    } while (++runs < 10 || now() - start < BENCH_SECONDS);
    return (now() - start) / runs;
}

static bool bench(const char *argument) {
    const char *colon = strrchr(argument, ':');
    struct probe_options options = {.entry = colon ? colon + 1 : NULL};
    char *path = strndup(argument, colon ? (size_t)(colon - argument) : strlen(argument));
    struct errors errors = {0};
    struct probe **probes = NULL;
    size_t count = 0;
    struct process *process = NULL;
    double kept = 0, full = 0;

    if (path && probe_load(path, &options, &probes, &count, &errors))
        process = process_new(probes[0]->image, &probes[0]->setup, &errors);
    if (process) {
        kept = measure(process);
        process_set_fresh(process, true);
        full = measure(process);
        printf("| %s | %.0f | %.0f us | %.1f ms |\n", probes[0]->name, kept > 0 ? 1 / kept : 0,
               kept * 1e6, full * 1e3);
    }
    errors_print(&errors, "", stderr);
    errors_clear(&errors);
    process_free(process);
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
    free(path);
    return kept > 0 && full > 0;
}

int main(int count, char **arguments) {
    bool good = count > 1;

    puts("| program | runs/s | a run from kept state | a run from the start |\n|---|---|---|---|");
    for (int i = 1; i < count; i++)
        good &= bench(arguments[i]);
    return good ? 0 : 1;
}
