/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/internal.h"
#include "harness/probe/assume.h"

/*
 * Where the numbers that the probe's code spells are looked for. A function's code is what it
 * reaches. A program's would begin with all that its language does before main, and end there: a
 * run shows where it asks the hypervisor, and what called, where the answers are looked at.
 */

static void entries_add(struct examiner *examiner, uint64_t address) {
    size_t i = 0;

    while (i < examiner->entries_count && examiner->entries[i] != address)
        i++;
    if (i == examiner->entries_count && i < EXAMINE_ENTRIES_MAX)
        examiner->entries[examiner->entries_count++] = address;
}

/* From the places where hypervisor leaves were read on, and then from where their functions come
 * back to, from the inside out. */
static void entries_add_run(struct examiner *examiner, const struct observation *observation,
                            const struct guest_callers *callers) {
    const struct cpuid_execution *trace = observation->boot_trace;
    const size_t count = observation->boot_count + observation->count;

    for (size_t i = 0; i < count; i++) {
        if (cpuid_is_hypervisor_leaf(trace[i].leaf))
            entries_add(examiner, trace[i].address);
    }
    for (size_t level = 0; level < GUEST_CALLERS_MAX; level++) {
        for (size_t i = 0; i < count && i < GUEST_CALLED_MAX; i++) {
            const struct guest_chain *chain =
                callers->of[i] > 0 ? &callers->chains[callers->of[i] - 1] : NULL;

            if (cpuid_is_hypervisor_leaf(trace[i].leaf) && chain && level < chain->count)
                entries_add(examiner, chain->returns[level]);
        }
    }
}

/* One run, on a hypervisor that has all leaves. */
static void entries_of_program(struct examiner *examiner) {
    const struct cpuid_table plain = {.base = {.eax = CPUID_BLOCK_LAST}, .present = true};
    const struct probe *probe = examiner->probe;
    const uint32_t target = probe->targets_count > 0 ? probe->targets[0] : 0x40000010;
    const struct observation *observation;
    struct guest_callers callers = {0};
    struct assumed_table assumed;
    struct twin all;

    if (!assumed_make(probe, &plain, &assumed))
        return;
    twins_make_pattern(&all, 0, 1, 0, false);
    examiner_note_callers(examiner, &callers);
    examiner_run(examiner, &assumed.table, &all, &target, 1, &observation);
    examiner_note_callers(examiner, NULL);
    entries_add_run(examiner, observation, &callers);
    assumed_clear(&assumed);
}

void examiner_find_entries(struct examiner *examiner) {
    const struct probe *probe = examiner->probe;

    if (probe->is_program)
        entries_of_program(examiner);
    entries_add(examiner, probe->setup.entry);
    for (size_t i = 0; i < probe->setup.before_count; i++)
        entries_add(examiner, probe->setup.before[i]);
}

size_t examiner_entries(const struct examiner *examiner, const uint64_t **entries) {
    *entries = examiner->entries;
    return examiner->entries_count;
}
