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

/* Takes over what the question at `index` of a boot showed beside `base`; the most convincing
 * violation of each rule is kept. */
static void examine_take_over(struct examiner *examiner, const struct scenario_case *test,
                              const struct twin *twin, const struct boot *boot, size_t index,
                              const struct facts *base, const struct finding *findings,
                              struct examination *examination) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        struct violation *violation = &examination->violations[rule];
        bool is_new =
            examination_shows(examination, rule, &findings[rule], &boot->facts[index], twin);

        examination->findings[rule].state |= findings[rule].state;
        if (!is_new)
            continue;
        examination->findings[rule].row = findings[rule].row;
        violation->asked = boot->order[index];
        violation->base = *base;
        examiner_fill(examiner, violation, rule, &test->table, twin, boot->order, index + 1);
    }
}

/* What a boot's questions show: each beside the same asked alone, or beside the same of a boot
 * under another signature. */
struct boot_findings {
    struct finding of[SCENARIO_ASKS_MAX][RULES];
};

static void judge_boot(struct examiner *examiner, const struct scenario_case *test,
                       const struct boot *boot, const struct facts *alone[SCENARIO_ASKS_MAX],
                       struct boot_findings *findings) {
    memset(findings, 0, sizeof *findings);
    for (size_t i = 0; i < boot->count; i++) {
        if (alone[i])
            judge_sequence(&examiner->kind, alone[i], &boot->facts[i], test->table.present,
                           findings->of[i]);
    }
}

static void judge_boot_signed(struct examiner *examiner, const struct boot *plain,
                              const struct boot *boot, struct boot_findings *findings) {
    memset(findings, 0, sizeof *findings);
    for (size_t i = 0; i < boot->count; i++)
        judge_sequence_signed(&examiner->kind, &plain->facts[i], &boot->facts[i], findings->of[i]);
}

static bool boot_wants_flat(const struct boot *boot, const struct boot_findings *findings) {
    bool wants = false;

    for (size_t i = 0; i < boot->count; i++)
        wants |= judge_wants_flat(&boot->facts[i], NULL, 0, findings->of[i]);
    return wants;
}

static void boot_take_flat(struct examiner *examiner, const struct boot *boot,
                           const struct boot_findings *flat, struct boot_findings *findings) {
    for (size_t i = 0; i < boot->count; i++)
        judge_subleaves(&examiner->kind, &boot->facts[i], NULL, flat->of[i], findings->of[i]);
}

/* The same boot, and its questions alone, where every subleaf answers as subleaf 0. */
static void examine_order_flat(struct examiner *examiner, const struct scenario_case *test,
                               const struct boot *boot, struct boot_findings *findings,
                               struct examination *examination) {
    struct boot flat = {.order = boot->order, .count = boot->count};
    const struct facts *alone[SCENARIO_ASKS_MAX];
    struct facts facts[SCENARIO_ASKS_MAX];
    struct boot_findings of_flat;
    struct twin plain;

    for (size_t i = 0; i < boot->count; i++) {
        const struct observation *observation;

        plain = examine_flat_twin(NULL, boot->order[i]);
        examiner_run(examiner, &test->table, &plain, &boot->order[i], 1, &observation);
        facts[i] = examiner_take(examiner, 0, examination);
        alone[i] = &facts[i];
    }
    plain = examine_flat_twin(NULL, boot->order[0]);
    examination->runs += boot->count;
    examine_boot(examiner, test, &plain, &flat, examination);
    judge_boot(examiner, test, &flat, alone, &of_flat);
    boot_take_flat(examiner, boot, &of_flat, findings);
}

static void examine_order(struct examiner *examiner, const struct scenario_case *test,
                          const struct sequences *sequences, struct boot *boot,
                          struct examination *examination) {
    const struct facts *alone[SCENARIO_ASKS_MAX];
    struct boot_findings findings;

    examine_boot(examiner, test, NULL, boot, examination);
    for (size_t i = 0; i < boot->count; i++)
        alone[i] = sequences_alone(sequences, boot->order[i]);
    judge_boot(examiner, test, boot, alone, &findings);
    if (boot_wants_flat(boot, &findings))
        examine_order_flat(examiner, test, boot, &findings, examination);
    for (size_t i = 0; i < boot->count; i++) {
        if (alone[i])
            examine_take_over(examiner, test, NULL, boot, i, alone[i], findings.of[i], examination);
    }
}

/* The same boot under another signature: what minds it from the second question on only shows
 * here. */
static void examine_signed(struct examiner *examiner, const struct scenario_case *test,
                           const struct sequences *sequences, const struct boot *plain,
                           struct examination *examination) {
    struct boot boot = {.order = plain->order, .count = plain->count};
    struct boot_findings findings;
    struct twin twin;

    if (!sequences_sign(sequences, &test->table,
                        examine_seed(examiner->seed, test->id, plain->order[0]), &twin))
        return;
    examine_boot(examiner, test, &twin, &boot, examination);
    judge_boot_signed(examiner, plain, &boot, &findings);
    if (boot_wants_flat(&boot, &findings)) {
        const struct twin flat_twin = examine_flat_twin(NULL, plain->order[0]),
                          flat_signed = examine_flat_twin(&twin, plain->order[0]);
        struct boot flat = boot, flat_other = boot;
        struct boot_findings of_flat;

        examine_boot(examiner, test, &flat_twin, &flat, examination);
        examine_boot(examiner, test, &flat_signed, &flat_other, examination);
        judge_boot_signed(examiner, &flat, &flat_other, &of_flat);
        boot_take_flat(examiner, &boot, &of_flat, &findings);
    }
    for (size_t i = 0; i < boot.count; i++)
        examine_take_over(examiner, test, &twin, &boot, i, &plain->facts[i], findings.of[i],
                          examination);
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
