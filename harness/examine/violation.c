/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/internal.h"

#include <stdio.h>
#include <string.h>

/* A run as it is shown. */
static void violation_copy_trace(struct violation *violation,
                                 const struct observation *observation) {
    size_t count = observation->boot_count + observation->count;
    size_t kept = count < EXAMINE_TRACE_MAX ? count : EXAMINE_TRACE_MAX;

    if (kept > 0)
        memcpy(violation->trace, observation->boot_trace, kept * sizeof *violation->trace);
    violation->trace_count = kept;
    violation->trace_omitted = count - kept;
    violation->trace_boot = observation->boot_count < kept ? observation->boot_count : kept;
    if (violation->deciding >= (ptrdiff_t)kept)
        violation->deciding = -1;
}

void examiner_fill_from(struct examiner *examiner, struct violation *violation, enum rule_id rule,
                        const struct guest_job *job, const struct observation *observation) {
    struct cpuid_view view = cpuid_view(job->table, job->changes, job->changes_count);
    uint32_t target = job->target;

    violation->rule = rule;
    violation->target = target;
    violation->facts = examiner_facts(examiner, job, observation);
    violation->answer = observation->answer;
    violation->value = observation->value;
    violation->end_address = observation->end_address;
    violation->fault_address = observation->fault_address;
    violation->clock_address = observation->clock_address;
    snprintf(violation->end_name, sizeof violation->end_name, "%s",
             observation->end_name ? observation->end_name : "");
    violation->maximum = view.maximum;
    violation->target_eax = cpuid_lookup(&view, target, 0).eax;
    violation->deciding = judge_deciding(rule, observation, &view, target);
    violation_copy_trace(violation, observation);
}

void examiner_fill_twin(struct violation *violation, const struct twin *twin) {
    violation->has_twin = twin != NULL;
    violation->base_has_twin = false;
    if (twin)
        violation->twin = *twin;
}

void examiner_note_callers(struct examiner *examiner, struct guest_callers *callers) {
    runner_note_callers(examiner->runner, callers);
}

void examiner_fill(struct examiner *examiner, struct violation *violation, enum rule_id rule,
                   const struct cpuid_table *table, const struct twin *twin, const uint32_t *asks,
                   size_t count) {
    const struct observation *observations;

    memset(&violation->callers, 0, sizeof violation->callers);
    examiner_note_callers(examiner, &violation->callers);
    examiner_run(examiner, table, twin, asks, count, &observations);
    examiner_note_callers(examiner, NULL);
    examiner_fill_twin(violation, twin);
    memcpy(violation->sequence, asks, count * sizeof *asks);
    violation->sequence_count = count;
    examiner_fill_from(examiner, violation, rule, &examiner->jobs[count - 1],
                       &observations[count - 1]);
}

void examiner_show(struct examiner *examiner, enum rule_id rule, const struct cpuid_table *table,
                   uint32_t target, struct violation *violation) {
    memset(violation, 0, sizeof *violation);
    runner_reset(examiner->runner);
    violation->asked = target;
    examiner_fill(examiner, violation, rule, table, NULL, &target, 1);
    violation->base = violation->facts;
}
