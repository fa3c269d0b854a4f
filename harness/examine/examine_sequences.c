/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/internal.h"

#include <string.h>

/* What the questions of a boot showed, in the order in which they were asked. */
struct boot {
    const uint32_t *order;
    size_t count;
    struct facts facts[SCENARIO_ASKS_MAX];
};

static void examine_boot(struct examiner *examiner, const struct scenario_case *test,
                         const struct twin *twin, struct boot *boot,
                         struct examination *examination) {
    const struct observation *observations;

    examiner_run(examiner, &test->table, twin, boot->order, boot->count, &observations);
    examination->runs += boot->count;
    for (size_t i = 0; i < boot->count; i++)
        boot->facts[i] = examiner_take(examiner, i, examination);
}

/* Takes over what the question at `index` of a boot showed beside `base`; the first violation of
 * each rule is kept. */
static void examine_take_over(struct examiner *examiner, const struct scenario_case *test,
                              const struct twin *twin, const struct boot *boot, size_t index,
                              const struct facts *base, const struct finding *findings,
                              struct examination *examination) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        struct violation *violation = &examination->violations[rule];
        bool is_new = (findings[rule].state & FINDING_VIOLATED) &&
                      !(examination->findings[rule].state & FINDING_VIOLATED);

        examination->findings[rule].state |= findings[rule].state;
        if (!is_new)
            continue;
        violation->asked = boot->order[index];
        violation->base = *base;
        examiner_fill(examiner, violation, rule, &test->table, twin, boot->order, index + 1);
    }
}

static void examine_order(struct examiner *examiner, const struct scenario_case *test,
                          const struct sequences *sequences, struct boot *boot,
                          struct examination *examination) {
    examine_boot(examiner, test, NULL, boot, examination);
    for (size_t i = 0; i < boot->count; i++) {
        struct finding findings[RULES];
        const struct facts *alone = sequences_alone(sequences, boot->order[i]);

        memset(findings, 0, sizeof findings);
        if (!alone)
            continue;
        judge_sequence(&examiner->kind, alone, &boot->facts[i], test->table.present, findings);
        examine_take_over(examiner, test, NULL, boot, i, alone, findings, examination);
    }
}

/* The same boot under another signature: what minds it from the second question on only shows
 * here. */
static void examine_signed(struct examiner *examiner, const struct scenario_case *test,
                           const struct sequences *sequences, const struct boot *plain,
                           struct examination *examination) {
    struct boot boot = {.order = plain->order, .count = plain->count};
    struct twin twin;

    if (!sequences_sign(sequences, &test->table,
                        examine_seed(examiner->seed, test->id, plain->order[0]), &twin))
        return;
    examine_boot(examiner, test, &twin, &boot, examination);
    for (size_t i = 0; i < boot.count; i++) {
        struct finding findings[RULES];

        memset(findings, 0, sizeof findings);
        judge_sequence_signed(&examiner->kind, &plain->facts[i], &boot.facts[i], findings);
        examine_take_over(examiner, test, &twin, &boot, i, &plain->facts[i], findings, examination);
    }
}

void examine_sequences(struct examiner *examiner, const struct scenario_case *test,
                       const struct sequences *sequences, struct examination *examination) {
    struct boot boot;

    for (size_t i = 0; i < SEQUENCES_ORDERS; i++) {
        boot.order = sequences->order[i];
        boot.count = sequences->lengths[i];
        examine_order(examiner, test, sequences, &boot, examination);
    }
    if (test->table.present && !(examiner->without & 1u << TWIN_SIGNATURE))
        examine_signed(examiner, test, sequences, &boot, examination);
}
