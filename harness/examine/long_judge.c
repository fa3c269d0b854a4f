/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/long.h"

#include <string.h>

/* What a boot breaks. */
struct long_findings {
    struct finding of[RULES];
    size_t broken[RULES];     /* by rule: the first question that breaks it, the first wrong answer
                                 if there is one; SIZE_MAX: none does */
    enum rule_id seen[RULES]; /* what that question breaks as long as subleaves differ */
};

/* The target asked alone where every subleaf answers as subleaf 0; NULL: it gave no answer. */
static const struct facts *long_flat_alone(struct examiner *examiner, struct examine_long *boots,
                                           const struct twin *plain, uint32_t target,
                                           struct examination *examination) {
    struct long_flat *flat = &boots->flat;
    const struct observation *observation;
    struct facts facts;

    if (!flat->alone.known[target - CPUID_BASE]) {
        examiner_run(examiner, &boots->test->table, plain, &target, 1, &observation);
        facts = examiner_take(examiner, 0, examination);
        long_boot_add(&flat->alone, target, &facts);
    }
    return flat->alone.known[target - CPUID_BASE] ? long_boot_alone(&flat->alone, target) : NULL;
}

/* Whether that boot came to an end in a call that gave no answer, which rules about that count. */
static bool long_flat_died(const struct examiner *examiner, const struct long_flat *flat) {
    return flat->count > 0 && !flat->facts[flat->count - 1].returned &&
           examiner->kind.judged[RULE_PLATFORM_NO_FAULT] &&
           examiner->kind.judged[RULE_PLATFORM_RETURNS];
}

/* The question at `index` where every subleaf answers as subleaf 0, beside the same alone: takes
 * from the findings what only a stale subleaf explains. A boot that dies ahead of the question
 * gives no wrong answer to it either: what ended it is another rule's. */
static void long_judge_flat(struct examiner *examiner, struct examine_long *boots, size_t index,
                            struct finding *findings, struct examination *examination) {
    const uint32_t target = boots->boot.asks[index];
    const struct twin plain = examine_flat_twin(boots->twin, target);
    struct long_flat *flat = &boots->flat;
    struct finding of_flat[RULES] = {0};
    const struct facts *alone;

    if (!flat->ran)
        flat->count = long_run(examiner, boots, &plain, boots->boot.asks, boots->boot.count,
                               flat->facts, examination);
    flat->ran = true;
    if (index >= flat->count && !long_flat_died(examiner, flat))
        return;
    alone =
        index < flat->count ? long_flat_alone(examiner, boots, &plain, target, examination) : NULL;
    if (alone)
        judge_sequence(&examiner->kind, alone, &flat->facts[index], boots->test->table.present,
                       of_flat);
    judge_subleaves(&examiner->kind, &boots->facts[index], NULL, of_flat, findings);
}

static void long_judge(struct examiner *examiner, struct examine_long *boots, size_t index,
                       struct long_findings *all, struct examination *examination) {
    struct finding findings[RULES];
    bool broke[RULES];
    enum rule_id moved = RULES;

    memset(findings, 0, sizeof findings);
    judge_sequence(&examiner->kind, long_boot_alone(&boots->alone, boots->boot.asks[index]),
                   &boots->facts[index], boots->test->table.present, findings);
    for (unsigned rule = 0; rule < RULES; rule++)
        broke[rule] = findings[rule].state & FINDING_VIOLATED;
    if (judge_wants_flat(&boots->facts[index], NULL, 0, findings))
        long_judge_flat(examiner, boots, index, findings, examination);
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (broke[rule] && !(findings[rule].state & FINDING_VIOLATED))
            moved = (enum rule_id)rule;
    }
    for (unsigned rule = 0; rule < RULES; rule++) {
        bool violated = findings[rule].state & FINDING_VIOLATED;

        if (violated &&
            (all->broken[rule] == SIZE_MAX || (long_is_wrong(&boots->facts[index]) &&
                                               !long_is_wrong(&boots->facts[all->broken[rule]])))) {
            all->of[rule] = (struct finding){.state = all->of[rule].state,
                                             .row = findings[rule].row,
                                             .twin = findings[rule].twin};
            all->broken[rule] = index;
            all->seen[rule] = broke[rule] || moved == RULES ? (enum rule_id)rule : moved;
        }
        all->of[rule].state |= findings[rule].state;
    }
}

uint64_t long_examine(struct examiner *examiner, struct examine_long *boots,
                      struct examination *examination) {
    size_t ran = long_run(examiner, boots, boots->twin, boots->boot.asks, boots->boot.count,
                          boots->facts, examination);
    const uint64_t cost = ran > 0 ? boots->ran_cost / ran : 0;
    struct long_findings all;

    boots->keeps |= runner_keeps(examiner->runner);
    examination->runs += ran;
    boots->flat.ran = false;
    boots->flat.alone.count = 0;
    memset(boots->flat.alone.known, 0, sizeof boots->flat.alone.known);
    memset(&all, 0, sizeof all);
    for (unsigned rule = 0; rule < RULES; rule++)
        all.broken[rule] = SIZE_MAX;
    for (size_t i = 0; i < ran; i++)
        long_judge(examiner, boots, i, &all, examination);
    for (unsigned rule = 0; rule < RULES; rule++) {
        bool is_new = all.broken[rule] != SIZE_MAX &&
                      examination_shows(examination, (enum rule_id)rule, &all.of[rule],
                                        &boots->facts[all.broken[rule]], boots->twin);

        examination->findings[rule].state |= all.of[rule].state;
        if (is_new)
            long_show(examiner, boots, (enum rule_id)rule, all.seen[rule], all.broken[rule],
                      examination);
    }
    return cost;
}
