/* SPDX-License-Identifier: GPL-2.0-or-later */

/* bench_programs [-o FILE] PROBE...: what a program takes from its start to its end, and what a run
 * costs from kept state and from the start, in processor time of one core, as a page with a table.
 * A PROBE is a manifest, or FILE:ENTRY of a library; one that is not there is left out. */
#include "emulator/process/process.h"
#include "harness/probe/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BENCH_SECONDS 1.0 /* of each measurement */

static double now(void) {
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Seconds a run, of tables that differ in the target's EAX. 0: a run gave no answer, and *end says
 * how it ended. */
static double measure(struct process *process, const char **end) {
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
        *end = observation_end_text(seen.end);
        if (seen.end != OBSERVATION_RETURNED)
            return 0;
    } while (++runs < 10 || now() - start < BENCH_SECONDS);
    return (now() - start) / runs;
}

static void show(const char *name, struct process *process) {
    const char *end = "";
    double kept = measure(process, &end), full = 0;
    struct process_use use;

    process_set_fresh(process, true);
    full = kept > 0 ? measure(process, &end) : 0;
    use = process_use(process);
    if (full > 0)
        printf("| %s | yes | %u (%u) | %u | %.0f k | %.0f | %.0f us | %.1f ms |\n", name, use.calls,
               use.kinds, use.cpuids, (double)use.instructions / 1e3, 1 / kept, kept * 1e6,
               full * 1e3);
    else
        printf("| %s | no: %s | %u (%u) | %u | %.0f k | | | |\n", name, end, use.calls, use.kinds,
               use.cpuids, (double)use.instructions / 1e3);
}

/* False: it cannot be started, which the table says too. */
static bool bench(const char *argument) {
    const char *colon = strrchr(argument, ':');
    struct probe_options options = {.entry = colon ? colon + 1 : NULL};
    char *path = strndup(argument, colon ? (size_t)(colon - argument) : strlen(argument));
    struct errors errors = {0};
    struct probe **probes = NULL;
    size_t count = 0;
    struct process *process = NULL;
    bool good;

    if (path)
        probe_load(path, &options, &probes, &count, &errors);
    for (size_t i = 0; i < count; i++) {
        process = process_new(probes[i]->image, &probes[i]->setup, &errors);
        if (process)
            show(probes[i]->name, process);
        else
            printf("| %s | no | | | | | | |\n", probes[i]->name);
        process_free(process);
        probe_free(probes[i]);
    }
    good = errors_none(&errors) && count > 0;
    errors_print(&errors, "", stderr);
    errors_clear(&errors);
    free(probes);
    free(path);
    return good;
}

int main(int count, char **arguments) {
    bool good = count > 1, named = count > 2 && strcmp(arguments[1], "-o") == 0;
    time_t today = time(NULL);
    char date[32] = "";

    if (named && !freopen(arguments[2], "w", stdout)) {
        perror(arguments[2]);
        return 3;
    }
    strftime(date, sizeof date, "%d %B %Y", localtime(&today));
    printf(
        "# Whole programs in the emulator\n\n"
        "Measured on %s by `cmake --build build --target programs-table`, Unicorn %s, in processor "
        "time of\n"
        "one core of a machine that had other work too. A run from kept state goes on where the "
        "first hypervisor leaf is\n"
        "read. One that CPUID answers as an earlier one is not made but looked up: so are most of "
        "a program's that reads no\n"
        "more than the signature. Instructions are counted by the bytes of blocks, so about.\n\n",
        date, guest_engine_version());
    puts("| program | works | system calls (kinds) | CPUIDs | instructions | runs/s | a run from "
         "kept state | a run from the "
         "start |\n|---|---|---|---|---|---|---|---|");
    for (int i = named ? 3 : 1; i < count; i++) {
        char *path = strndup(arguments[i], strcspn(arguments[i], ":"));

        if (path && access(path, R_OK) == 0)
            good &= bench(arguments[i]);
        free(path);
    }
    return good ? 0 : 1;
}
