/* SPDX-License-Identifier: GPL-2.0-or-later */

/* faithful_test MANIFEST...: a run that goes on from kept state shows what a full start shows, its
 * outcome, its output and its whole trace, for tables and processors in an order that mixes them;
 * and so does one whose end is known from an earlier one. */
#include "base/random.h"
#include "emulator/process/process.h"
#include "harness/probe/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAITHFUL_RUNS 32u
#define FAITHFUL_JOBS 4u /* of the same question at a time: most of them are known then */
#define FAITHFUL_PROCESSORS 5u

static const uint32_t maxima[] = {0x40000001, 0x40000010, 0x40000020, 0x80000000, 0xffffffff, 0};
static const uint32_t targets[] = {0x40000010, 0x40000020, 0x40000001};

/* What a case asks, drawn from its number. Two in a row differ in garbage alone. */
struct faithful_case {
    struct cpuid_table table;
    struct cpuid_change change;
    struct guest_job job;
};

static bool case_make(struct faithful_case *test, uint32_t target, unsigned number) {
    uint64_t draws = 1 + number / 2, draw = random_next(&draws);
    const struct cpuid_values values = {draw & 1 ? (uint32_t)(draw >> 32) : 0, (uint32_t)draw, 1,
                                        2};

    *test = (struct faithful_case){.table = {.present = true}};
    test->table.base = (struct cpuid_values){maxima[(draw >> 8) % (sizeof maxima / sizeof *maxima)],
                                             1, 2, (uint32_t)draw};
    test->change = (struct cpuid_change){.kind = CPUID_CHANGE_PROCESSOR,
                                         .registers = CPUID_ALL,
                                         .last = UINT32_MAX,
                                         .seed = (draw >> 16) % FAITHFUL_PROCESSORS};
    test->job = (struct guest_job){.table = &test->table,
                                   .changes = &test->change,
                                   .changes_count = draw >> 24 & 1,
                                   .target = target,
                                   .garbage = number % GUEST_GARBAGES};
    return cpuid_table_add(&test->table, (struct cpuid_leaf){target, 0, true, values});
}

static bool same_text(const char *a, const char *b) {
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static bool same(const struct observation *a, const struct observation *b) {
    return a->end == b->end && a->state == b->state && a->answer == b->answer &&
           a->value == b->value && a->end_address == b->end_address &&
           a->fault_address == b->fault_address && same_text(a->end_name, b->end_name) &&
           a->cost == b->cost && a->boot_count == b->boot_count && a->count == b->count &&
           memcmp(a->boot_trace, b->boot_trace,
                  (a->boot_count + a->count) * sizeof *a->boot_trace) == 0;
}

/* The same question a few times, in processes of their own. `output` is the last one's, to be
 * freed. False: they differ among each other. */
static bool ask(struct process *process, const struct guest_job *job, struct observation *first,
                char **output) {
    struct observation seen[FAITHFUL_JOBS];
    struct guest_job jobs[FAITHFUL_JOBS];
    bool alike = true;

    for (unsigned i = 0; i < FAITHFUL_JOBS; i++)
        jobs[i] = *job;
    if (process_run(process, jobs, FAITHFUL_JOBS, seen) != FAITHFUL_JOBS)
        return false;
    for (unsigned i = 1; i < FAITHFUL_JOBS; i++)
        alike &= same(&seen[0], &seen[i]);
    *first = seen[0];
    *output = strdup(process_output(process));
    return alike;
}

/* What a run from the start took, which bench_programs tells: a process ends by a system call, of
 * few kinds. */
static bool use_is_sound(const struct process *process, const struct observation *seen) {
    const struct process_use use = process_use(process);

    return use.calls >= use.kinds && use.kinds > 0 && use.instructions > use.calls &&
           use.cpuids >= seen->boot_count + seen->count;
}

/* The number of runs that differ. */
static unsigned compare(const struct probe *probe, struct process *kept, struct process *fresh) {
    unsigned differ = 0, answers = 0;

    process_set_fresh(fresh, true);
    for (unsigned i = 0; i < FAITHFUL_RUNS; i++) {
        const size_t count = sizeof targets / sizeof *targets;
        uint32_t target = probe->targets_count > 0 ? probe->targets[i / 2 % probe->targets_count]
                                                   : targets[i / 2 % count];
        struct observation mine = {.end = OBSERVATION_HARNESS_FAILURE}, full = mine;
        struct faithful_case test;
        char *output = NULL;
        bool alike;

        if (!case_make(&test, target, i))
            return FAITHFUL_RUNS;
        alike = ask(kept, &test.job, &mine, &output);
        process_run(fresh, &test.job, 1, &full);
        if (!alike || !output || !use_is_sound(fresh, &full) || !same(&mine, &full) ||
            strcmp(output, process_output(fresh)) != 0) {
            printf("%s, run %u: %s, %zu CPUIDs, cost %llu; from the start %s, %zu, %llu\n",
                   probe->name, i, observation_end_text(mine.end), mine.boot_count + mine.count,
                   (unsigned long long)mine.cost, observation_end_text(full.end),
                   full.boot_count + full.count, (unsigned long long)full.cost);
            differ++;
        }
        answers += full.end == OBSERVATION_RETURNED && full.boot_count + full.count > 0;
        free(output);
        cpuid_table_clear(&test.table);
    }
    printf("%s: %u cases, %u read a leaf and answered, %u differ; %llu runs were known\n",
           probe->name, FAITHFUL_RUNS, answers, differ, (unsigned long long)process_known(kept));
    return answers < FAITHFUL_RUNS / 2 || process_known(kept) < FAITHFUL_RUNS ||
                   process_known(fresh) > 0
               ? FAITHFUL_RUNS
               : differ;
}

static unsigned compare_probe(const struct probe *probe) {
    struct errors errors = {0};
    struct process *kept = process_new(probe->image, &probe->setup, &errors);
    struct process *fresh = process_new(probe->image, &probe->setup, &errors);
    unsigned differ = kept && fresh ? compare(probe, kept, fresh) : 1;

    errors_print(&errors, "", stdout);
    errors_clear(&errors);
    process_free(kept);
    process_free(fresh);
    return differ;
}

int main(int count, char **arguments) {
    struct errors errors = {0};
    struct probe **probes = NULL;
    size_t probes_count = 0;
    unsigned differ = 0;

    for (int i = 1; i < count; i++) {
        if (!probe_load(arguments[i], &(struct probe_options){0}, &probes, &probes_count, &errors))
            differ++;
    }
    errors_print(&errors, "", stdout);
    errors_clear(&errors);
    for (size_t i = 0; i < probes_count; i++) {
        differ += compare_probe(probes[i]);
        probe_free(probes[i]);
    }
    free(probes);
    return probes_count > 0 && differ == 0 ? 0 : 1;
}
