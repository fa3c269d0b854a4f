/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/disassembly.h"
#include "harness/examine/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The examiner itself: what it knows of a probe, and how it runs it. */
_Static_assert(SCENARIO_ASKS_MAX <= GUEST_BOOT_JOBS && EXAMINE_BATCH <= GUEST_BOOT_JOBS,
               "the questions of a boot fit into one run of the guest");

/* --- Running. --- */

/* Notes the first reason why the harness could not judge the case. */
static void examination_fail(struct examination *examination, const struct probe *probe,
                             const struct observation *observation) {
    if (examination->failed)
        return;
    examination->failed = true;
    examination->lacking = observation->end != OBSERVATION_HARNESS_FAILURE;
    if (observation->end == OBSERVATION_UNRESOLVED ||
        observation->end == OBSERVATION_UNDEFINED_DATA)
        examine_tell_undefined(examination->failure, sizeof examination->failure, probe,
                               observation);
    else
        snprintf(examination->failure, sizeof examination->failure, "%s: %.160s at 0x%llx",
                 observation_end_text(observation->end),
                 observation->end_name ? observation->end_name : "?",
                 (unsigned long long)observation->end_address);
}

static void examiner_note_site(struct examiner *examiner, uint64_t address) {
    size_t at = (size_t)(address * 0x9e3779b97f4a7c15u >> 32) % EXAMINE_SITES;

    while (examiner->sites_seen[at] != 0 && examiner->sites_seen[at] != address)
        at = (at + 1) % EXAMINE_SITES;
    if (examiner->sites_seen[at] == 0 && examiner->sites_count < EXAMINE_SITES / 2) {
        examiner->sites_seen[at] = address;
        examiner->sites[examiner->sites_count++] = address;
    }
}

static void examiner_note_sites(struct examiner *examiner, const struct observation *observation) {
    const uint64_t *assumed;
    size_t assumed_count = runner_assumed(examiner->runner, &assumed);

    for (size_t i = 0; i < observation->boot_count + observation->count; i++)
        examiner_note_site(examiner, observation->boot_trace[i].address);
    while (examiner->assumed_noted < assumed_count)
        examiner_note_site(examiner, assumed[examiner->assumed_noted++]);
}

size_t examiner_sites(const struct examiner *examiner, const uint64_t **sites) {
    *sites = examiner->sites;
    return examiner->sites_count;
}

struct facts examiner_facts(struct examiner *examiner, const struct guest_job *job,
                            const struct observation *observation) {
    struct cpuid_view view = cpuid_view(job->table, job->changes, job->changes_count);

    examiner_note_sites(examiner, observation);
    return judge_facts(&examiner->probe->form, observation, &view, job->target,
                       probe_outcome(examiner->probe, observation));
}

/* Runs `count` jobs that lie in examiner->jobs, each a boot of its own or continuing one. */
static void examiner_run_jobs(struct examiner *examiner, size_t count) {
    size_t done = 0;

    while (done < count)
        done += runner_run(examiner->runner, examiner->jobs + done, count - done,
                           examiner->observations + done);
}

size_t examiner_run(struct examiner *examiner, const struct cpuid_table *table,
                    const struct twin *twin, const uint32_t *asks, size_t count,
                    const struct observation **observations) {
    for (size_t i = 0; i < count; i++)
        examiner->jobs[i] = (struct guest_job){.table = table,
                                               .changes = twin ? twin->changes : NULL,
                                               .changes_count = twin ? twin->changes_count : 0,
                                               .target = asks[i],
                                               .continues = i > 0,
                                               .garbage = twin ? twin->garbage : 0,
                                               .interrupted = twin && twin->interrupted,
                                               .litter = twin ? twin->litter : 0,
                                               .numbers = examiner->constants,
                                               .numbers_count = examiner->constants_count};
    examiner_run_jobs(examiner, count);
    *observations = examiner->observations;
    return count;
}

struct facts examiner_take(struct examiner *examiner, size_t index,
                           struct examination *examination) {
    struct facts facts =
        examiner_facts(examiner, &examiner->jobs[index], &examiner->observations[index]);

    if (judge_is_error(&facts))
        examination_fail(examination, examiner->probe, &examiner->observations[index]);
    return facts;
}

bool examiner_run_twins(struct examiner *examiner, const struct cpuid_table *table,
                        struct examination *examination) {
    const struct twin_list *list = &examiner->twins;

    if (list->count > examiner->evidence_capacity) {
        struct evidence *evidence =
            realloc(examiner->evidence, list->count * sizeof *examiner->evidence);

        if (!evidence)
            return false;
        examiner->evidence = evidence;
        examiner->evidence_capacity = list->count;
    }
    for (size_t first = 0; first < list->count; first += EXAMINE_BATCH) {
        size_t count = list->count - first;

        if (count > EXAMINE_BATCH)
            count = EXAMINE_BATCH;
        for (size_t i = 0; i < count; i++) {
            const struct twin *twin = &list->twins[first + i];

            examiner->jobs[i] = (struct guest_job){.table = table,
                                                   .changes = twin->changes,
                                                   .changes_count = twin->changes_count,
                                                   .target = twin->target,
                                                   .garbage = twin->garbage,
                                                   .interrupted = twin->interrupted,
                                                   .litter = twin->litter,
                                                   .numbers = examiner->constants,
                                                   .numbers_count = examiner->constants_count};
        }
        examiner_run_jobs(examiner, count);
        for (size_t i = 0; i < count; i++) {
            const struct twin *twin = &list->twins[first + i];
            const enum observation_end end = examiner->observations[i].end;
            /* A processor on which its C library does not start tells nothing of a program. */
            bool hopeless = (twin->announces && end == OBSERVATION_UNSUPPORTED) ||
                            (twin->kind == TWIN_PROCESSOR && end == OBSERVATION_NOT_STARTED);

            examiner->evidence[first + i] =
                (struct evidence){twin, hopeless ? examiner_facts(examiner, &examiner->jobs[i],
                                                                  &examiner->observations[i])
                                                 : examiner_take(examiner, i, examination)};
        }
    }
    return true;
}

/* --- Making and freeing. --- */

static bool examiner_find_constants(struct examiner *examiner) {
    const struct probe *probe = examiner->probe;
    struct disassembly *disassembly = disassembly_open(probe->image->mode);

    if (!disassembly)
        return false;
    examiner_find_entries(examiner);
    examiner->constants_count =
        disassembly_constants(disassembly, probe->image, examiner->entries, examiner->entries_count,
                              DISASSEMBLY_NAMED, examiner->constants, EXAMINE_CONSTANTS_MAX);
    disassembly_close(disassembly);
    return true;
}

/* Values of EAX that tell a right mask or scale from a wrong one: bits alone and all others, and
 * the last value that 32 bits hold when it is multiplied, and the next. */
static void examiner_list_values(struct examiner *examiner) {
    const struct spec_form *form = &examiner->kind.form;
    uint32_t *values = examiner->values;
    size_t count = 0;

    if (form->mask) {
        values[count++] = form->mask;
        values[count++] = ~form->mask;
        for (unsigned bit = 0; bit < 32; bit++) {
            if (form->mask & 1u << bit)
                values[count++] = 1u << bit;
        }
    }
    if (form->scale > 1) {
        values[count++] = UINT32_MAX / form->scale;
        values[count++] = UINT32_MAX / form->scale + 1;
        values[count++] = UINT32_MAX;
    }
    examiner->values_count = count;
}

const struct judge_probe *examiner_kind(const struct examiner *examiner) {
    return &examiner->kind;
}

struct runner *examiner_runner(struct examiner *examiner) {
    return examiner->runner;
}

void examine_confine(const struct probe *const *probes, size_t count) {
    const struct guest_setup **setups = calloc(count + 1, sizeof *setups);

    for (size_t i = 0; setups && i < count; i++)
        setups[i] = &probes[i]->setup;
    if (setups)
        runner_confine(setups, count);
    free(setups);
}

struct examiner *examiner_new(const struct probe *probe, uint64_t seed, struct errors *errors) {
    struct examiner *examiner = calloc(1, sizeof *examiner);

    if (!examiner) {
        errors_add(errors, NULL, 0, 0, "out of memory");
        return NULL;
    }
    examiner->probe = probe;
    examiner->seed = seed;
    examiner->kind = (struct judge_probe){.names_outcome = probe_names_outcome(probe),
                                          .reports_value = probe_reports_value(probe),
                                          .has_abi = probe->has_abi,
                                          .any_target = probe->targets_count == 0,
                                          .form = probe->form};
    examiner_list_values(examiner);
    memset(examiner->kind.judged, true, sizeof examiner->kind.judged);
    for (unsigned kind = 0; kind < TWIN_KINDS; kind++) {
        enum rule_id factor = judge_varies(kind);

        if (factor != RULES && probe->assumed[factor])
            examiner->without |= 1u << kind;
    }
    examiner->runner = runner_new(probe->image, &probe->setup, errors);
    if (!examiner->runner || !examiner_find_constants(examiner)) {
        if (errors_none(errors))
            errors_fail(errors, "Capstone does not start");
        examiner_free(examiner);
        return NULL;
    }
    return examiner;
}

void examiner_judge(struct examiner *examiner, const bool judged[RULES]) {
    memcpy(examiner->kind.judged, judged, sizeof examiner->kind.judged);
}

void examiner_free(struct examiner *examiner) {
    if (!examiner)
        return;
    runner_free(examiner->runner);
    twins_clear(&examiner->twins);
    free(examiner->evidence);
    free(examiner->long_boots);
    free(examiner->coverage);
    free(examiner);
}
