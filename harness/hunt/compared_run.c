/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/compared_internal.h"

#include "base/random.h"
#include "emulator/cpuid/processors.h"
#include "harness/probe/assume.h"

/* Tables whose every number is a drawn one, and what a run of one shows. */

/* --- Numbers. --- */

uint32_t compared_number(const struct compared_work *work, uint32_t leaf, unsigned index,
                         bool anew) {
    uint64_t state = work->seed ^ (uint64_t)leaf << 8 ^ index;
    const uint32_t number = (uint32_t)(random_next(&state) | 1);

    /* Odd and even, so that the difference is odd; see hunt_inverse. */
    return anew ? (uint32_t)random_next(&state) & ~1u : number;
}

/* Of a processor's leaf that answers by subleaf the first one alone: code may count the others. */
static struct cpuid_change compared_set(uint32_t leaf, unsigned index, uint32_t value) {
    return (struct cpuid_change){.kind = CPUID_CHANGE_SET,
                                 .registers = 1u << index,
                                 .first = leaf,
                                 .last = leaf,
                                 .echoes_stay = true,
                                 .only_subleaf_0 = cpuid_has_subleaves(leaf),
                                 .values = {value, value, value, value}};
}

/* Leaves of the processor's whose every number may be drawn, as far as it announces nothing that
 * the emulator lacks. */
static const uint32_t compared_processor[] = {1,    6,           7,           0x15,
                                              0x16, 0x80000001u, 0x80000007u, 0x80000008u};
#define COMPARED_PROCESSOR_LEAVES (sizeof compared_processor / sizeof compared_processor[0])
#define COMPARED_CHANGES_MAX (1 + 8 + 4 * COMPARED_PROCESSOR_LEAVES + COMPARED_SETTINGS_MAX)

static size_t compared_change_processor(const struct compared_work *work,
                                        const struct cpuid_table *table, bool anew,
                                        struct cpuid_change *changes) {
    const struct cpuid_view view = cpuid_view(table, NULL, 0);
    size_t count = 0;

    for (size_t i = 0; i < COMPARED_PROCESSOR_LEAVES; i++) {
        const uint32_t leaf = compared_processor[i];
        struct cpuid_values own = cpuid_lookup(&view, leaf, 0);

        for (unsigned index = 0; index < 4; index++) {
            const uint32_t seen = *hunt_register(&own, index);
            const uint32_t kept = leaf == 1 && index == 2 ? CPUID_PRESENT : 0;
            uint32_t number = compared_number(work, leaf, index, anew) &
                              (cpuid_feature_bits(leaf, 0, 1u << index) | seen);

            number = (number & ~kept) | (seen & kept);
            changes[count++] = compared_set(leaf, index, number);
        }
    }
    return count;
}

static size_t compared_changes(const struct compared_work *work, const struct compared_node *node,
                               unsigned variant, uint32_t target, const struct cpuid_table *table,
                               struct cpuid_change *changes) {
    size_t count = 0;
    uint64_t junk = work->seed ^ (variant == COMPARED_OTHERS);

    changes[count++] = (struct cpuid_change){.kind = CPUID_CHANGE_FILL,
                                             .registers = CPUID_ALL,
                                             .first = CPUID_BASE + 1,
                                             .last = CPUID_BLOCK_LAST,
                                             .fill = CPUID_FILL_JUNK,
                                             .seed = random_next(&junk)};
    for (unsigned index = 1; index < 4; index++)
        changes[count++] = compared_set(
            CPUID_BASE, index,
            compared_number(work, CPUID_BASE, index, variant == COMPARED_OF_BASE + index));
    for (unsigned index = 0; index < 4; index++)
        changes[count++] = compared_set(
            target, index,
            index == 0 && node->is_gap ? 0
                                       : compared_number(work, CPUID_BASE + 1, index,
                                                         variant == COMPARED_OF_TARGET + index));
    changes[count++] = compared_set(CPUID_BASE, 0, node->maximum - (variant == COMPARED_OF_BASE));
    if (!work->probe->setup.process) /* whose C library would not start on such a processor */
        count +=
            compared_change_processor(work, table, variant == COMPARED_PROCESSOR, changes + count);
    for (size_t i = 0; i < node->settings_count; i++)
        changes[count++] =
            compared_set(node->settings[i].leaf, node->settings[i].index, node->settings[i].value);
    return count;
}

/* --- Running. --- */

uint32_t compared_other_target(const struct compared_node *node) {
    return node->target ^ 0x21; /* another row, another column */
}

static void compared_note_reads(const struct observation *observation, struct compared_run *run) {
    run->reads_count = 0;
    for (size_t i = 0; i < observation->boot_count + observation->count; i++) {
        const struct cpuid_execution *execution = &observation->boot_trace[i];
        size_t at = 0;

        while (at < run->reads_count && run->reads[at].leaf != execution->leaf)
            at++;
        if (execution->subleaf == 0 && at == run->reads_count && at < COMPARED_READS_MAX)
            run->reads[run->reads_count++] =
                (struct compared_read){execution->leaf, execution->values};
    }
}

bool compared_run(struct compared_work *work, const struct compared_node *node, unsigned variant,
                  struct compared_run *run) {
    struct cpuid_change changes[COMPARED_CHANGES_MAX];
    const uint32_t target = variant == COMPARED_TARGET ? compared_other_target(node) : node->target;
    const struct cpuid_table plain = {.base = {.eax = node->maximum}, .present = true};
    struct guest_job job = {.changes = changes, .target = target};
    struct assumed_table assumed;
    struct observation observation;
    struct cpuid_view view;
    struct facts facts;

    if (!assumed_make(work->probe, &plain, &assumed))
        return false;
    job.table = &assumed.table;
    job.changes_count = compared_changes(work, node, variant, target, &assumed.table, changes);
    guest_compared_clear(&work->noted);
    work->coverage.path = 0;
    runner_cover(work->runner, &work->coverage);
    runner_run(work->runner, &job, 1, &observation);
    runner_cover(work->runner, NULL);
    view = cpuid_view(&assumed.table, changes, job.changes_count);
    facts = judge_facts(&work->probe->form, &observation, &view, target,
                        probe_outcome(work->probe, &observation));
    run->noted = work->noted;
    run->target = target;
    run->path = work->coverage.path;
    run->failed = judge_is_error(&facts);
    run->wrong = !run->failed && !facts.right;
    compared_note_reads(&observation, run);
    assumed_clear(&assumed);
    return true;
}
