/* SPDX-License-Identifier: GPL-2.0-or-later */

/* bench_programs [-o FILE] PROBE...: what a program takes from its start to its end, and what a run
 * costs from kept state, from the start and under qemu-user, in processor time of one core, as a
 * page with a table. A PROBE is a manifest, or FILE:ENTRY of a library, also of one that is called
 * directly; one that is not there is left out. */
#include "emulator/process/process.h"
#include "harness/probe/probe.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BENCH_SECONDS 1.0 /* of each measurement */
#define TARGET 0x40000010u
#define TARGET_TEXT "0x40000010"

static double now(void) {
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* What runs a probe: one of both. */
struct bench {
    struct process *process;
    struct guest *guest;
};

/* Seconds a run, of tables that differ in the target's EAX. 0: a run gave no answer, and *end says
 * how it ended. */
static double measure(const struct bench *bench, const char **end) {
    const uint32_t target = TARGET;
    double start = now();
    unsigned runs = 0;

    do {
        struct cpuid_table table = {.present = true, .base = {0x40000020, 1, 2, 3}};
        struct guest_job job = {.table = &table, .target = target};
        struct observation seen = {.end = OBSERVATION_HARNESS_FAILURE};

        if (!cpuid_table_add(&table, (struct cpuid_leaf){target, 0, true, {runs & 1, runs, 1, 2}}))
            return 0;
        if (bench->process)
            process_run(bench->process, &job, 1, &seen);
        else
            guest_run(bench->guest, &job, 1, &seen);
        cpuid_table_clear(&table);
        *end = observation_end_text(seen.end);
        if (seen.end != OBSERVATION_RETURNED)
            return 0;
    } while (++runs < 10 || now() - start < BENCH_SECONDS);
    return (now() - start) / runs;
}

static double children(void) {
    struct rusage use;

    getrusage(RUSAGE_CHILDREN, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1e-6;
}

/* Starts the program once under qemu-user, which answers CPUID by itself. False: it is not there.
 */
static bool start_under_qemu(const struct probe *probe) {
    const char *qemu = probe->image->mode == IMAGE_32 ? "qemu-i386" : "qemu-x86_64";
    const struct process_start *start = probe->process;
    char *words[PROCESS_ARGUMENTS_MAX + 2] = {(char *)qemu, (char *)start->path};
    posix_spawn_file_actions_t actions;
    int status = 127;
    bool started;
    pid_t child;

    for (size_t i = 1; i < start->arguments_count; i++)
        words[i + 1] = strcmp(start->arguments[i], PROCESS_TARGET) == 0
                           ? (char *)TARGET_TEXT
                           : (char *)start->arguments[i];
    posix_spawn_file_actions_init(&actions);
    for (int i = 1; i < 3; i++)
        posix_spawn_file_actions_addopen(&actions, i, "/dev/null", O_WRONLY, 0);
    started = posix_spawnp(&child, qemu, &actions, NULL, words, environ) == 0 &&
              waitpid(child, &status, 0) == child && WEXITSTATUS(status) != 127;
    posix_spawn_file_actions_destroy(&actions);
    return started;
}

/* Seconds a run under qemu-user; 0: it cannot be had. */
static double measure_under_qemu(const struct probe *probe) {
    double start = children();
    unsigned runs = 0;

    if (!probe->is_program || probe->process->sysroot)
        return 0;
    do {
        if (!start_under_qemu(probe))
            return 0;
    } while (++runs < 10 || children() - start < BENCH_SECONDS);
    return (children() - start) / runs;
}

static void show_milliseconds(double seconds) {
    if (seconds > 0)
        printf(" %.1f ms |", seconds * 1e3);
    else
        printf(" |");
}

static void show(const struct probe *probe, const struct bench *bench) {
    const char *end = "";
    double kept = measure(bench, &end), full = 0;
    struct process_use use;

    process_set_fresh(bench->process, true);
    full = kept > 0 ? measure(bench, &end) : 0;
    use = process_use(bench->process);
    printf("| %s | %s%s | %u (%u) | %u | %.0f k |", probe->name,
           full > 0 ? "yes" : "no: ", full > 0 ? "" : end, use.calls, use.kinds, use.cpuids,
           (double)use.instructions / 1e3);
    if (full > 0)
        printf(" %.0f | %.0f us |", 1 / kept, kept * 1e6);
    else
        printf(" | |");
    show_milliseconds(full);
    show_milliseconds(measure_under_qemu(probe));
    putchar('\n');
}

/* A function that needs no process. */
static void show_direct(const struct probe *probe, const struct bench *bench) {
    const char *end = "";
    double seconds = measure(bench, &end);

    if (seconds > 0)
        printf("| %s, called directly | yes | | | | %.0f | %.2f us | | |\n", probe->name,
               1 / seconds, seconds * 1e6);
    else
        printf("| %s, called directly | no: %s | | | | | | | |\n", probe->name, end);
}

/* False: it cannot be started, which the table says too. */
static bool bench(const char *argument) {
    const char *colon = strrchr(argument, ':');
    struct probe_options options = {.entry = colon ? colon + 1 : NULL};
    char *path = strndup(argument, colon ? (size_t)(colon - argument) : strlen(argument));
    struct errors errors = {0};
    struct probe **probes = NULL;
    size_t count = 0;
    bool good;

    if (path)
        probe_load(path, &options, &probes, &count, &errors);
    for (size_t i = 0; i < count; i++) {
        struct bench bench = {NULL, NULL};

        if (probes[i]->setup.process)
            bench.process = process_new(probes[i]->image, &probes[i]->setup, &errors);
        else
            bench.guest = guest_new(probes[i]->image, &probes[i]->setup, &errors);
        if (bench.process)
            show(probes[i], &bench);
        else if (bench.guest)
            show_direct(probes[i], &bench);
        else
            printf("| %s | no | | | | | | | |\n", probes[i]->name);
        process_free(bench.process);
        guest_free(bench.guest);
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
        "more than the signature. Instructions are counted by the bytes of blocks, so about. Under "
        "qemu-user the same program\n"
        "is started anew, and sees the CPUID that QEMU shows. A function that needs no library is "
        "called directly, without any\n"
        "process.\n\n",
        date, guest_engine_version());
    puts("| program | works | system calls (kinds) | CPUIDs | instructions | runs/s | a run from "
         "kept state | a run from the "
         "start | under qemu-user |\n|---|---|---|---|---|---|---|---|---|");
    for (int i = named ? 3 : 1; i < count; i++) {
        char *path = strndup(arguments[i], strcspn(arguments[i], ":"));

        if (path && access(path, R_OK) == 0)
            good &= bench(arguments[i]);
        free(path);
    }
    return good ? 0 : 1;
}
