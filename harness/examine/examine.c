/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/examine.h"

#include "base/hash.h"
#include "harness/examine/internal.h"
#include "harness/examine/rank.h"
#include "harness/probe/assume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXAMINE_COST_MAX 500000u /* of one question's twins, in the observation's unit */
#define EXAMINE_TWINS_MIN 24u
/* Of twins that are many alike, a right case tries every fourth: which ones hangs on the case
 * alone, and the cases of a suite meet each many times. */
#define EXAMINE_SHARE 4u

bool examination_shows(const struct examination *examination, enum rule_id rule,
                       const struct finding *found, const struct facts *facts,
                       const struct twin *twin) {
    const struct finding *known = &examination->findings[rule];

    if (judge_is_worse(found, known))
        return true;
    return judge_is_broken(found) && !judge_is_worse(known, found) &&
           examine_outranks(facts, twin, &examination->violations[rule]);
}

/* Takes over the findings of one question; the most convincing violation of each rule is kept. */
static void examination_merge(struct examiner *examiner, struct examination *examination,
                              const struct finding *findings, const struct cpuid_table *table,
                              const struct twin *twins, const struct twin *base_twin,
                              const struct facts *base, uint32_t asked) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        const struct twin *twin = base_twin;
        const struct facts *facts = base;
        bool is_new;

        if (judge_is_broken(&findings[rule]) && findings[rule].twin != FINDING_NO_TWIN) {
            twin = &twins[findings[rule].twin];
            facts = &examiner->evidence[findings[rule].twin].facts;
        }
        is_new = examination_shows(examination, rule, &findings[rule], facts, twin);
        examination->findings[rule].state |= findings[rule].state;
        if (!is_new)
            continue;
        examination->findings[rule].row = findings[rule].row;
        examination->violations[rule].asked = asked;
        examination->violations[rule].base = *base;
        examiner_fill(examiner, &examination->violations[rule], rule, table, twin,
                      twin ? &twin->target : &asked, 1);
    }
}

/* --- Questions asked alone. --- */

uint64_t examine_seed(uint64_t seed, const char *id, uint32_t target) {
    return hash_bytes(HASH_START ^ seed, id, strlen(id)) ^ target;
}

size_t examine_limit(uint64_t cost) {
    uint64_t limit = EXAMINE_COST_MAX / (cost + 1);

    if (limit < EXAMINE_TWINS_MIN)
        return EXAMINE_TWINS_MIN;
    return limit > SIZE_MAX ? 0 : (size_t)limit;
}

struct twin_source examine_source(const struct examiner *examiner, const char *id, uint32_t target,
                                  const struct cpuid_view *view,
                                  const struct observation *observation, const struct facts *base) {
    const bool is_wrong = judge_is_wrong(base);

    return (struct twin_source){.view = view,
                                .target = target,
                                .unanswered = !base->returned,
                                .is_wrong = is_wrong,
                                .any_target = examiner->kind.any_target,
                                .base = observation,
                                .constants = examiner->constants,
                                .constants_count = examiner->constants_count,
                                .litters = !examiner->probe->setup.process,
                                .values = examiner->values,
                                .values_count = examiner->values_count,
                                .seed = examine_seed(examiner->seed, id, target),
                                .share = is_wrong ? 1 : EXAMINE_SHARE,
                                .without = examiner->without,
                                .limit = examine_limit(examine_weight(observation))};
}

/* Runs one question under the case's table, with `value` (or NULL) set in it by the harness, and
 * its twins, and judges them. False: the harness could not. */
static bool examine_judge(struct examiner *examiner, const struct scenario_case *test,
                          uint32_t target, const struct twin *value, struct facts *base,
                          struct finding findings[RULES], struct examination *examination) {
    const struct observation *observation;
    struct cpuid_view view =
        cpuid_view(&test->table, value ? value->changes : NULL, value ? value->changes_count : 0);
    struct twin_source source;

    memset(findings, 0, RULES * sizeof *findings);
    examiner_run(examiner, &test->table, value, &target, 1, &observation);
    *base = examiner_take(examiner, 0, examination);
    examination->runs++;
    if (judge_is_error(base))
        return false;
    if (!value && test->table.present)
        signs_note(&examination->signs, examiner->probe, observation, base);
    source = examine_source(examiner, test->id, target, &view, observation, base);
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
    if (!value && test->table.present)
        signs_note_twins(&examination->signs, examiner->evidence, examiner->twins.count);
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

    bool judged = examine_question(examiner, test, target, NULL, base, deeper, &count, examination);

    plain_note(&examination->plain, &examiner->kind, base);
    if (!judged)
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
    if (examine_is_long(test) && !examination->failed &&
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
        enum outcome outcome = spec_form_outcome(&examiner->probe->form, view.maximum, asked,
                                                 cpuid_lookup(&view, asked, 0).eax);

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
