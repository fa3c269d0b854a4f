/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/examine.h"

#include "emulator/decode/disassembly.h"
#include "harness/examine/internal.h"
#include "harness/probe/assume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(SCENARIO_ASKS_MAX <= GUEST_BOOT_JOBS && EXAMINE_BATCH <= GUEST_BOOT_JOBS,
               "the questions of a boot fit into one run of the guest");

#define EXAMINE_COST_MAX 500000u /* of one question's twins, in the observation's unit */
#define EXAMINE_TWINS_MIN 24u
/* Of twins that are many alike, a right case tries every fourth: which ones hangs on the case alone,
 * and the cases of a suite meet each many times. */
#define EXAMINE_SHARE 4u

/* --- Running. --- */

/* Notes the first reason why the harness could not judge the case. */
static void examination_fail(struct examination *examination, const struct probe *probe,
                             const struct observation *observation) {
    if (examination->failed)
        return;
    examination->failed = true;
    examination->lacking = observation->end != OBSERVATION_HARNESS_FAILURE;
    if (observation->end == OBSERVATION_UNRESOLVED || observation->end == OBSERVATION_UNDEFINED_DATA)
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
                                               .interrupted = twin && twin->interrupted};
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

/* Runs all twins in hand and fills the evidence. False: out of memory. */
static bool examiner_run_twins(struct examiner *examiner, const struct cpuid_table *table,
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
                                                   .interrupted = twin->interrupted};
        }
        examiner_run_jobs(examiner, count);
        for (size_t i = 0; i < count; i++)
            examiner->evidence[first + i] =
                (struct evidence){&list->twins[first + i], examiner_take(examiner, i, examination)};
    }
    return true;
}

/* --- Showing. --- */

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

void examiner_fill(struct examiner *examiner, struct violation *violation, enum rule_id rule,
                   const struct cpuid_table *table, const struct twin *twin, const uint32_t *asks,
                   size_t count) {
    const struct observation *observations;

    examiner_run(examiner, table, twin, asks, count, &observations);
    violation->has_twin = twin != NULL;
    if (twin)
        violation->twin = *twin;
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

/* Takes over the findings of one question; the first violation of each rule is kept. */
static void examination_merge(struct examiner *examiner, struct examination *examination,
                              const struct finding *findings, const struct cpuid_table *table,
                              const struct twin *twins, const struct twin *base_twin,
                              const struct facts *base, uint32_t asked) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        bool is_new = judge_is_worse(&findings[rule], &examination->findings[rule]);
        const struct twin *twin = base_twin;

        examination->findings[rule].state |= findings[rule].state;
        if (!is_new)
            continue;
        examination->findings[rule].row = findings[rule].row;
        if (findings[rule].twin != FINDING_NO_TWIN)
            twin = &twins[findings[rule].twin];
        examination->violations[rule].asked = asked;
        examination->violations[rule].base = *base;
        examiner_fill(examiner, &examination->violations[rule], rule, table, twin,
                      twin ? &twin->target : &asked, 1);
    }
}

/* --- Questions asked alone. --- */

uint64_t examine_seed(uint64_t seed, const char *id, uint32_t target) {
    uint64_t hash = 0xcbf29ce484222325u ^ seed;

    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * 0x100000001b3u;
    return hash ^ target;
}

/* How many twins a call of this cost can have. Counted, not timed, so that reports stay the same.
 */
static size_t examine_limit(uint64_t cost) {
    uint64_t limit = EXAMINE_COST_MAX / (cost + 1);

    if (limit < EXAMINE_TWINS_MIN)
        return EXAMINE_TWINS_MIN;
    return limit > SIZE_MAX ? 0 : (size_t)limit;
}

/* Runs one question under the case's table, with `value` (or NULL) set in it by the harness, and
 * its twins, and judges them. False: the harness could not. */
static bool examine_judge(struct examiner *examiner, const struct scenario_case *test,
                          uint32_t target, const struct twin *value, struct facts *base,
                          struct finding findings[RULES], struct examination *examination) {
    const struct observation *observation;
    struct cpuid_view view =
        cpuid_view(&test->table, value ? value->changes : NULL, value ? value->changes_count : 0);
    struct twin_source source = {.view = &view,
                                 .target = target,
                                 .any_target = examiner->kind.any_target,
                                 .constants = examiner->constants,
                                 .constants_count = examiner->constants_count,
                                 .values = examiner->values,
                                 .values_count = examiner->values_count,
                                 .seed = examine_seed(examiner->seed, test->id, target),
                                 .without = examiner->without};

    memset(findings, 0, RULES * sizeof *findings);
    examiner_run(examiner, &test->table, value, &target, 1, &observation);
    *base = examiner_take(examiner, 0, examination);
    examination->runs++;
    if (judge_is_error(base))
        return false;
    if (!value && test->table.present)
        signs_note(&examination->signs, examiner->probe, observation, base);
    source.base = observation;
    source.is_wrong = judge_is_wrong(base);
    source.unanswered = !base->returned;
    source.share = source.is_wrong ? 1 : EXAMINE_SHARE;
    source.limit = examine_limit(observation->cost);
    /* What hangs does so again, and costs the whole budget each time. */
    examiner->twins.count = 0;
    if (base->end != OBSERVATION_OUT_OF_BUDGET &&
        (!twins_make(&examiner->twins, &source) ||
         !examiner_run_twins(examiner, &test->table, examination))) {
        examination->failed = true;
        snprintf(examination->failure, sizeof examination->failure, "out of memory for twins");
        return false;
    }
    examination->runs += examiner->twins.count;
    judge_question(&examiner->kind, base, examiner->evidence, examiner->twins.count,
                   test->table.present, findings);
    return true;
}

struct twin examine_flat_twin(const struct twin *value, uint32_t target) {
    struct twin flat = {.kind = TWIN_AGAIN, .target = target, .changes_count = 1};

    if (value) {
        flat = *value;
        memmove(flat.changes + 1, flat.changes, flat.changes_count++ * sizeof *flat.changes);
    }
    flat.changes[0] = (struct cpuid_change){.kind = CPUID_CHANGE_FLATTEN};
    return flat;
}

/* Judges the same question where every subleaf answers as subleaf 0, and takes from the findings
 * what only a stale subleaf explains. */
static bool examine_flat(struct examiner *examiner, const struct scenario_case *test,
                         uint32_t target, const struct twin *value, const struct facts *base,
                         struct finding findings[RULES], struct examination *examination) {
    const struct twin_list twins = examiner->twins;
    struct evidence *const evidence = examiner->evidence;
    const size_t capacity = examiner->evidence_capacity;
    const struct twin plain = examine_flat_twin(value, target);
    struct finding flat[RULES];
    struct facts facts;
    bool done;

    examiner->twins = (struct twin_list){0};
    examiner->evidence = NULL;
    examiner->evidence_capacity = 0;
    done = examine_judge(examiner, test, target, &plain, &facts, flat, examination);
    twins_clear(&examiner->twins);
    free(examiner->evidence);
    examiner->twins = twins;
    examiner->evidence = evidence;
    examiner->evidence_capacity = capacity;
    if (done)
        judge_subleaves(&examiner->kind, base, evidence, flat, findings);
    return done;
}

/* One question, asked alone. `deeper` receives the wrong twins that have to be examined in their
 * own right; NULL: they are not wanted. */
static bool examine_question(struct examiner *examiner, const struct scenario_case *test,
                             uint32_t target, const struct twin *value, struct facts *base,
                             struct twin *deeper, size_t *deeper_count,
                             struct examination *examination) {
    struct finding findings[RULES];

    if (!examine_judge(examiner, test, target, value, base, findings, examination))
        return false;
    if (judge_wants_flat(base, examiner->evidence, examiner->twins.count, findings) &&
        !examine_flat(examiner, test, target, value, base, findings, examination))
        return false;
    if (deeper) {
        size_t indices[JUDGE_DEEPER_MAX];

        *deeper_count =
            judge_deeper(&examiner->kind, base, examiner->evidence, examiner->twins.count, indices);
        for (size_t i = 0; i < *deeper_count; i++)
            deeper[i] = examiner->twins.twins[indices[i]];
    }
    examination_merge(examiner, examination, findings, &test->table, examiner->twins.twins, value,
                      base, target);
    return true;
}

static bool examine_alone(struct examiner *examiner, const struct scenario_case *test,
                          uint32_t target, struct facts *base, struct examination *examination) {
    struct twin deeper[JUDGE_DEEPER_MAX];
    size_t count = 0;
    struct facts ignored;

    if (!examine_question(examiner, test, target, NULL, base, deeper, &count, examination))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!examine_question(examiner, test, deeper[i].target, &deeper[i], &ignored, NULL, NULL,
                              examination))
            return false;
    }
    return true;
}

/* --- A case. --- */

bool examiner_can_ask(const struct examiner *examiner, uint32_t target) {
    if (examiner->kind.any_target)
        return true;
    for (size_t i = 0; i < examiner->probe->targets_count; i++) {
        if (examiner->probe->targets[i] == target)
            return true;
    }
    return false;
}

/* The case's own questions, each alone and then among each other. False: there is no use in asking
 * on. */
static bool examine_asks(struct examiner *examiner, const struct scenario_case *test,
                         uint32_t *asks, size_t count, struct sequences *sequences,
                         struct examination *examination) {
    size_t own;

    for (size_t i = 0; i < count; i++)
        sequences_add_target(sequences, asks[i]);
    own = sequences->count;
    for (size_t i = 0; i < own; i++) {
        if (!examine_alone(examiner, test, sequences->targets[i], &sequences->alone[i],
                           examination))
            return false;
    }
    /* A program is started anew for each question. */
    if (!sequences->alone[0].returned || sequences_hang(sequences) || examiner->probe->is_program)
        return false;
    if (own == 1 && examiner->kind.any_target) {
        const struct observation *observation;

        sequences_add_companions(sequences, asks[0]);
        for (size_t i = own; i < sequences->count; i++) {
            examiner_run(examiner, &test->table, NULL, &sequences->targets[i], 1, &observation);
            sequences->alone[i] = examiner_take(examiner, 0, examination);
        }
        examination->runs += sequences->count - own;
        memcpy(asks, sequences->targets, sequences->count * sizeof *asks);
        count = sequences->count;
    }
    sequences_make_orders(sequences, asks, count);
    examine_sequences(examiner, test, sequences, examination);
    return true;
}

/* The case under what the caller guarantees; its table is that of `assumed`. */
static void examine_as_asked(struct examiner *examiner, const struct scenario_case *test,
                             struct examination *examination) {
    struct sequences sequences = {0};
    uint32_t asks[SCENARIO_ASKS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < test->asks_count; i++) {
        if (examiner_can_ask(examiner, test->asks[i]))
            asks[count++] = test->asks[i];
    }
    if (count > 0 && !examine_asks(examiner, test, asks, count, &sequences, examination))
        return;
    if (test->asks_count == SCENARIO_ASKS_MAX && !examination->failed &&
        !examiner->probe->is_program)
        examine_long(examiner, test, &sequences, examination);
}

void examine_case(struct examiner *examiner, const struct scenario_case *test,
                  struct examination *examination) {
    struct scenario_case asked = *test;
    struct assumed_table assumed;

    memset(examination, 0, sizeof *examination);
    runner_reset(examiner->runner);
    if (!assumed_make(examiner->probe, &test->table, &assumed)) {
        examination->failed = true;
        snprintf(examination->failure, sizeof examination->failure, "out of memory for the table");
        return;
    }
    asked.table = assumed.table;
    examine_as_asked(examiner, &asked, examination);
    assumed_clear(&assumed);
}

static bool examine_show_under(struct examiner *examiner, const struct scenario_case *test,
                               const struct cpuid_table *table, struct violation *shown) {
    static const enum rule_id deciding[] = {
        [OUTCOME_NOT_AVAILABLE] = RULE_MAX_BELOW_IS_ABSENT,
        [OUTCOME_NOT_IMPLEMENTED] = RULE_TARGET_ZERO_IS_ABSENT,
        [OUTCOME_AVAILABLE] = RULE_TARGET_NONZERO_IS_PRESENT,
    };
    struct cpuid_view view = cpuid_view(table, NULL, 0);

    runner_reset(examiner->runner);
    for (size_t i = 0; i < test->asks_count; i++) {
        uint32_t asked = test->asks[i];
        enum outcome outcome = spec_form_outcome(&examiner->probe->form, view.maximum,
                                                 asked, cpuid_lookup(&view, asked, 0).eax);

        if (!examiner_can_ask(examiner, asked))
            continue;
        *shown = (struct violation){.asked = asked};
        examiner_fill(examiner, shown, deciding[outcome], table, NULL, &asked, 1);
        shown->base = shown->facts;
        return true;
    }
    return false;
}

bool examine_show(struct examiner *examiner, const struct scenario_case *test,
                  struct violation *shown) {
    struct assumed_table assumed;
    bool done;

    if (!assumed_make(examiner->probe, &test->table, &assumed))
        return false;
    done = examine_show_under(examiner, test, &assumed.table, shown);
    assumed_clear(&assumed);
    return done;
}

/* --- Making and freeing. --- */

static bool examiner_find_constants(struct examiner *examiner) {
    const struct probe *probe = examiner->probe;
    struct disassembly *disassembly = disassembly_open(probe->image->mode);
    uint64_t entries[1 + 16];
    size_t count = 0;

    if (!disassembly)
        return false;
    entries[count++] = probe->setup.entry;
    for (size_t i = 0; i < probe->setup.before_count && count < 17; i++)
        entries[count++] = probe->setup.before[i];
    examiner->constants_count = disassembly_constants(disassembly, probe->image, entries, count,
                                                      examiner->constants, EXAMINE_CONSTANTS_MAX);
    disassembly_close(disassembly);
    return true;
}

/* Values of EAX that tell a right mask or scale from a wrong one: bits alone and all others, and the
 * last value that 32 bits hold when it is multiplied, and the next. */
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
    free(examiner);
}
