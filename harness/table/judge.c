/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/judge.h"

#include <stdlib.h>

/* --- What judges say. --- */

struct table_case *table_put(struct table_judging *judging, enum rule_id rule, uint32_t leaf) {
    struct table_case *at = &judging->findings->verdicts[rule].cases[leaf % TABLE_LEAVES];

    at->judged = true;
    at->leaf = leaf;
    return at;
}

struct table_case *table_accuse(struct table_judging *judging, enum rule_id rule,
                                const struct table_view *view, uint32_t leaf,
                                enum table_outcome outcome) {
    struct table_case *at = table_put(judging, rule, leaf);

    if (outcome <= at->outcome)
        return NULL; /* another processor, or another row, has shown as much */
    at->outcome = outcome;
    at->processor = view->processor->number;
    at->maximum = view->maximum;
    at->shown_count = 0;
    return at;
}

void table_show(struct table_case *at, const struct dump_row *row) {
    if (row && at->shown_count < TABLE_SHOWN_MAX)
        at->shown[at->shown_count++] = row;
}

bool table_is_claimed(const struct table_claims *claims, uint32_t leaf) {
    for (size_t i = 0; i < claims->count; i++) {
        if (claims->implements[i] == leaf)
            return true;
    }
    return false;
}

/* --- All of a table. --- */

/* Which processors a rule judges: all, those whose maximum lies in the block, or all where the
 * first one's or their own does. */
enum judge_where { JUDGE_ALL, JUDGE_IN_BLOCK, JUDGE_EITHER_IN_BLOCK };

/* The rules about tables. */
static const struct {
    enum rule_id rule;
    void (*judge)(struct table_judging *judging, const struct table_view *view);
    enum judge_where where;
    const char *reason; /* why nothing was judged although the maximum lies in the block */
} judge_rows[] = {
#define RULE_BY_TABLE(name, function, where, why) {RULE_##name, function, JUDGE_##where, why},
#define RULE_BY_ANY_RUN(...)
#define RULE_BY_OWN_RUN(...)
#define RULE_BY_BARE_RUN(...)
#define RULE_BY_NONE(...)
#define RULE(name, catalogue, judged, factor, judge) RULE_BY(name, judge)
#include "harness/spec/rules.def"
#undef RULE_BY_TABLE
#undef RULE_BY_ANY_RUN
#undef RULE_BY_OWN_RUN
#undef RULE_BY_BARE_RUN
#undef RULE_BY_NONE
};
#define JUDGE_ROWS (sizeof judge_rows / sizeof judge_rows[0])

#define JUDGE_OUTSIDE                                                                              \
    "the maximum lies outside 0x40000000-0x400000ff, so this is no hypervisor's table"

#define JUDGE_ABOVE "no leaf of the block lies above the maximum"

static bool judge_any(const struct table_verdict *verdict) {
    for (size_t i = 0; i < TABLE_LEAVES; i++) {
        if (verdict->cases[i].judged)
            return true;
    }
    return false;
}

static void judge_processor(struct table_judging *judging, const struct table_view *view) {
    for (size_t i = 0; i < JUDGE_ROWS; i++) {
        enum judge_where where = judge_rows[i].where;

        if (where == JUDGE_ALL || view->in_block ||
            (where == JUDGE_EITHER_IN_BLOCK && judging->first.in_block))
            judge_rows[i].judge(judging, view);
    }
}

static const char *judge_reason(const struct table_judging *judging, size_t row) {
    if (judge_rows[row].rule == RULE_HYPERVISOR_MAX_COVERS_FEATURES &&
        judging->first.maximum >= CPUID_BLOCK_LAST)
        return JUDGE_ABOVE;
    return judging->first.in_block || judge_rows[row].where == JUDGE_ALL ? judge_rows[row].reason
                                                                         : JUDGE_OUTSIDE;
}

static void judge_give_reasons(struct table_judging *judging) {
    for (size_t i = 0; i < JUDGE_ROWS; i++) {
        struct table_verdict *verdict = &judging->findings->verdicts[judge_rows[i].rule];

        if (!judge_any(verdict))
            verdict->reason = judge_reason(judging, i);
    }
}

bool table_is_judged(const struct dump_table *table) {
    struct table_view view;

    for (size_t i = 0; i < table->count; i++) {
        if (table_view_make(&table->processors[i], &view))
            return true;
    }
    return false;
}

bool table_judge(const struct dump_table *table, const struct table_claims *claims,
                 struct table_findings *findings) {
    struct table_judging judging = {.claims = claims, .findings = findings};
    bool any = false;

    *findings = (struct table_findings){.verdicts = calloc(RULES, sizeof *findings->verdicts)};
    if (!findings->verdicts)
        return false;
    for (size_t i = 0; i < table->count; i++) {
        struct table_view view;

        if (!table_view_make(&table->processors[i], &view))
            continue;
        if (!any)
            judging.first = view;
        any = true;
        judge_processor(&judging, &view);
    }
    if (!any)
        return true;
    judge_give_reasons(&judging);
    table_note_all(&judging);
    return !findings->lost;
}

void table_findings_clear(struct table_findings *findings) {
    for (size_t i = 0; i < findings->notes_count; i++)
        free(findings->notes[i]);
    free(findings->notes);
    free(findings->verdicts);
    *findings = (struct table_findings){0};
}

enum table_outcome table_outcome_of(const struct table_verdict *verdict, size_t *judged,
                                    size_t *broken, size_t *deviating) {
    enum table_outcome gravest = TABLE_HOLDS;
    size_t of[TABLE_FAILS + 1] = {0};

    *judged = 0;
    for (size_t i = 0; i < TABLE_LEAVES; i++) {
        *judged += verdict->cases[i].judged;
        of[verdict->cases[i].outcome]++;
        if (verdict->cases[i].outcome > gravest)
            gravest = verdict->cases[i].outcome;
    }
    *broken = gravest == TABLE_INFO ? of[TABLE_INFO] : of[TABLE_NONSTRICT] + of[TABLE_FAILS];
    *deviating = of[TABLE_NONSTRICT];
    return gravest;
}
