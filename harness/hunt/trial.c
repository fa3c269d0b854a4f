/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/trial.h"

#include "emulator/runner/runner.h"
#include "harness/probe/assume.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(SCENARIO_ASKS_MAX <= GUEST_BOOT_JOBS,
               "the questions of a boot fit into one run of the guest");
_Static_assert(RULES <= 8 * sizeof(hunt_rules), "a bit for each rule");

#define HUNT_TWINS 4u /* of each question in a thorough trial */

struct hunt_bench {
    const struct probe *probe;
    struct judge_probe kind;
    struct examiner *examiner;
    struct runner *runner; /* the examiner's */
    struct guest_coverage coverage;
    struct examination examination;
    struct guest_job jobs[GUEST_BOOT_JOBS];
    struct observation observations[GUEST_BOOT_JOBS];
};

/* What a trial works on. */
struct hunt_work {
    struct hunt_bench *bench;
    struct assumed_table assumed;
    struct cpuid_table table;        /* that one's */
    uint32_t targets[HUNT_ASKS_MAX]; /* distinct */
    size_t targets_count;
    struct facts alone[HUNT_ASKS_MAX]; /* by target */
    struct twin twins[HUNT_TWINS];     /* the same for each question, but for the target */
    struct finding findings[RULES];
    bool is_spent; /* a call was not through with its budget */
};

struct hunt_bench *hunt_bench_new(const struct probe *probe, const bool judged[RULES],
                                  uint64_t seed, struct errors *errors) {
    struct hunt_bench *bench = calloc(1, sizeof *bench);

    if (!bench) {
        errors_add(errors, NULL, 0, 0, "out of memory");
        return NULL;
    }
    bench->probe = probe;
    bench->examiner = examiner_new(probe, seed, errors);
    if (!bench->examiner) {
        free(bench);
        return NULL;
    }
    examiner_judge(bench->examiner, judged);
    bench->runner = examiner_runner(bench->examiner);
    bench->kind = *examiner_kind(bench->examiner);
    return bench;
}

void hunt_bench_free(struct hunt_bench *bench) {
    if (!bench)
        return;
    examiner_free(bench->examiner);
    free(bench);
}

size_t hunt_bench_blocks(const struct hunt_bench *bench) {
    return bench->coverage.blocks;
}

size_t hunt_bench_edges(const struct hunt_bench *bench) {
    return bench->coverage.edges;
}

size_t hunt_bench_entries(const struct hunt_bench *bench, const uint64_t **entries) {
    return examiner_entries(bench->examiner, entries);
}

uint64_t hunt_bench_cost(const struct hunt_bench *bench) {
    return runner_cost(bench->runner);
}

hunt_rules hunt_broken(const struct finding findings[RULES]) {
    hunt_rules broken = 0;

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (findings[rule].state & FINDING_VIOLATED)
            broken |= HUNT_RULE(rule);
    }
    return broken;
}

static size_t hunt_work_target(const struct hunt_work *work, uint32_t target) {
    size_t i = 0;

    while (i < work->targets_count && work->targets[i] != target)
        i++;
    return i;
}

/* False: out of memory. The work is freed with assumed_clear(&work->assumed). */
static bool hunt_work_start(struct hunt_work *work, struct hunt_bench *bench,
                            const struct hunt_candidate *candidate) {
    struct cpuid_table table = hunt_candidate_table(candidate);

    *work = (struct hunt_work){.bench = bench};
    if (!assumed_make(bench->probe, &table, &work->assumed))
        return false;
    work->table = work->assumed.table;
    for (size_t i = 0; i < candidate->asks_count; i++) {
        if (hunt_work_target(work, candidate->asks[i]) == work->targets_count)
            work->targets[work->targets_count++] = candidate->asks[i];
    }
    return true;
}

static struct facts hunt_work_facts(const struct hunt_work *work, size_t job) {
    const struct guest_job *made = &work->bench->jobs[job];
    const struct observation *observation = &work->bench->observations[job];
    struct cpuid_view view = cpuid_view(made->table, made->changes, made->changes_count);

    return judge_facts(&work->bench->probe->form, observation, &view, made->target,
                       probe_outcome(work->bench->probe, observation));
}

/* Runs `count` jobs, at most as many as a boot may have, so that they fit. */
static void hunt_work_run(struct hunt_work *work, size_t count) {
    size_t done = 0;

    while (done < count)
        done += runner_run(work->bench->runner, work->bench->jobs + done, count - done,
                           work->bench->observations + done);
}

/* --- The questions alone and in one boot. --- */

static void hunt_note_reads(struct hunt_trial *trial, const struct observation *observation) {
    for (size_t i = 0; i < observation->boot_count + observation->count; i++) {
        const struct cpuid_execution *execution = &observation->boot_trace[i];
        size_t j = 0;

        while (j < trial->reads_count && (trial->reads[j].leaf != execution->leaf ||
                                          trial->reads[j].subleaf != execution->subleaf))
            j++;
        if (j == HUNT_READS_MAX)
            return;
        if (j == trial->reads_count)
            trial->reads[trial->reads_count++] =
                (struct hunt_read){execution->leaf, execution->subleaf};
    }
}

static void hunt_judge_together(struct hunt_work *work, const struct hunt_candidate *candidate,
                                size_t first) {
    for (size_t i = 0; i < candidate->asks_count; i++) {
        const struct facts *alone = &work->alone[hunt_work_target(work, candidate->asks[i])];
        struct facts among = hunt_work_facts(work, first + i);

        judge_sequence(&work->bench->kind, alone, &among, work->table.present, work->findings);
    }
}

static void hunt_try_questions(struct hunt_work *work, const struct hunt_candidate *candidate,
                               struct hunt_trial *trial) {
    struct hunt_bench *bench = work->bench;
    size_t count = 0, seen = bench->coverage.edges + bench->coverage.rounds;

    for (; count < work->targets_count; count++)
        bench->jobs[count] =
            (struct guest_job){.table = &work->table, .target = work->targets[count]};
    for (size_t i = 0; candidate->asks_count > 1 && i < candidate->asks_count; i++)
        bench->jobs[count++] = (struct guest_job){
            .table = &work->table, .target = candidate->asks[i], .continues = i > 0};
    bench->coverage.path = 0;
    runner_cover(bench->runner, &bench->coverage);
    hunt_work_run(work, count);
    runner_cover(bench->runner, NULL);
    trial->runs += count;
    for (size_t i = 0; i < count; i++)
        work->is_spent |= bench->observations[i].end == OBSERVATION_OUT_OF_BUDGET;
    trial->path = bench->coverage.path;
    trial->is_new = bench->coverage.edges + bench->coverage.rounds > seen;
    for (size_t i = 0; i < work->targets_count; i++) {
        work->alone[i] = hunt_work_facts(work, i);
        trial->failed |= judge_is_error(&work->alone[i]);
        hunt_note_reads(trial, &bench->observations[i]);
    }
    if (candidate->asks_count > 1)
        hunt_judge_together(work, candidate, work->targets_count);
}

/* --- Twins. --- */

static void hunt_make_twins(struct hunt_work *work) {
    static const struct cpuid_values vendors[2] = {{0, 0, 0, 0}, {0, 0x4b4d564b, 0x564b4d56, 0x4d}};

    for (unsigned i = 0; i < HUNT_TWINS; i++) {
        struct twin *twin = &work->twins[i];

        if (i < 2 || work->bench->probe->guarantee.has_signature) {
            *twin = (struct twin){.kind = TWIN_GARBAGE, .garbage = i % (GUEST_GARBAGES - 1) + 1};
            continue;
        }
        *twin = (struct twin){.kind = TWIN_SIGNATURE, .changes_count = 1};
        twin->changes[0] = (struct cpuid_change){.kind = CPUID_CHANGE_SET,
                                                 .registers = CPUID_EBX | CPUID_ECX | CPUID_EDX,
                                                 .first = CPUID_BASE,
                                                 .last = CPUID_BASE,
                                                 .echoes_stay = true,
                                                 .values = vendors[i - 2]};
    }
}

static void hunt_judge_question(struct hunt_work *work, size_t target, enum hunt_depth depth,
                                struct hunt_trial *trial) {
    struct hunt_bench *bench = work->bench;
    struct evidence evidence[HUNT_TWINS];
    size_t count = depth == HUNT_THOROUGH ? HUNT_TWINS : 0;

    for (size_t i = 0; i < count; i++)
        bench->jobs[i] = (struct guest_job){.table = &work->table,
                                            .changes = work->twins[i].changes,
                                            .changes_count = work->twins[i].changes_count,
                                            .target = work->targets[target],
                                            .garbage = work->twins[i].garbage};
    if (count > 0)
        hunt_work_run(work, count);
    trial->runs += count;
    for (size_t i = 0; i < count; i++)
        evidence[i] = (struct evidence){&work->twins[i], hunt_work_facts(work, i)};
    judge_question(&bench->kind, &work->alone[target], evidence, count, work->table.present,
                   work->findings);
}

void hunt_bench_try(struct hunt_bench *bench, const struct hunt_candidate *candidate,
                    enum hunt_depth depth, struct hunt_trial *trial) {
    struct hunt_work work;

    *trial = (struct hunt_trial){0};
    if (!hunt_work_start(&work, bench, candidate))
        return;
    hunt_try_questions(&work, candidate, trial);
    if (depth == HUNT_THOROUGH)
        hunt_make_twins(&work);
    for (size_t i = 0; i < work.targets_count; i++)
        hunt_judge_question(&work, i, depth, trial);
    trial->broken = hunt_broken(work.findings);
    for (size_t i = 0; i < work.targets_count; i++)
        trial->broken |= judge_hidden(&work.alone[i]);
    if (work.is_spent && hunt_candidate_is_endless(candidate))
        trial->broken = 0;
    assumed_clear(&work.assumed);
}

const struct examination *hunt_bench_examine(struct hunt_bench *bench,
                                             const struct hunt_candidate *candidate,
                                             const char *id) {
    struct scenario_case test = hunt_candidate_case(candidate, id);

    examine_case(bench->examiner, &test, &bench->examination);
    return &bench->examination;
}

size_t hunt_bench_run(struct hunt_bench *bench, const struct cpuid_table *table,
                      const uint32_t *asks, size_t count, const struct observation **observations) {
    return examiner_run(bench->examiner, table, NULL, asks, count, observations);
}
