/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge/attribution.h"

#include "harness/judge/internal.h"

#include <string.h>

/* What is looked at, and which row is tried. */
struct blame {
    const struct weights *weights;
    const struct facts *base;
    struct finding *findings;
    unsigned row; /* index + 1 */
};

/* The first row that blames a rule is the one that is told. */
static void blame_mark(struct blame *blame, enum rule_id rule) {
    if (blame->findings[rule].row == 0)
        blame->findings[rule].row = blame->row;
}

static void blame_note(struct blame *blame, enum rule_id rule, size_t twin) {
    blame_mark(blame, rule);
    finding_note(blame->findings, rule, true, twin);
}

/* --- Evidence. --- */

/* What the twins of a kind say; `pick_offset` names the member of struct weight. */
static size_t blame_pick(const struct blame *blame, enum twin_kind kind, size_t pick_offset) {
    size_t twin;

    memcpy(&twin, (const char *)&blame->weights->of[kind] + pick_offset, sizeof twin);
    return twin;
}

static bool blame_mends(const struct blame *blame, enum twin_kind kind) {
    return blame->weights->of[kind].repairs != FINDING_NO_TWIN;
}

/* The rules of the factors that explain the fault. */
static bool blame_factors(struct blame *blame, size_t pick_offset) {
    bool counts = false;

    for (size_t i = 0; i < judge_factors_count; i++) {
        enum rule_id rule = judge_factors[i].rule;
        size_t twin = blame_pick(blame, judge_factors[i].kind, pick_offset);

        if (twin == FINDING_NO_TWIN)
            continue;
        blame_mark(blame, rule);
        /* One that may deviate has its finding, by whether its answer differs too. */
        if (!rules[rule].deviates)
            blame_note(blame, rule, twin);
        counts |= blame->weights->judged[rule];
    }
    return counts;
}

static bool blame_mending_factor(struct blame *blame) {
    return blame_factors(blame, offsetof(struct weight, repairs));
}

static bool blame_reading_factor(struct blame *blame) {
    return blame_factors(blame, offsetof(struct weight, reads));
}

static bool blame_naming_factor(struct blame *blame) {
    return blame_factors(blame, offsetof(struct weight, names));
}

/* Who says "available" has not been turned away, whatever the maximum. */
static bool blame_another_leaf(struct blame *blame) {
    const struct weight *of = blame->weights->of;

    if (of[TWIN_LEAVES].instead == FINDING_NO_TWIN &&
        of[TWIN_PROCESSOR].instead == FINDING_NO_TWIN &&
        of[TWIN_LEAVES_WIDE].instead == FINDING_NO_TWIN &&
        of[TWIN_ELSEWHERE].instead == FINDING_NO_TWIN &&
        of[TWIN_FURTHER].instead == FINDING_NO_TWIN && blame->base->answer != OUTCOME_AVAILABLE)
        return false;
    blame_note(blame, RULE_TARGET_IS_READ, FINDING_NO_TWIN);
    return true;
}

static bool blame_hidden_leaves(struct blame *blame) {
    const struct weight *of = blame->weights->of;
    size_t twin = of[TWIN_LEAVES_WIDE].other != FINDING_NO_TWIN ? of[TWIN_LEAVES_WIDE].other
                                                                : of[TWIN_RANGE_FILLED].other;

    if (twin == FINDING_NO_TWIN)
        return false;
    blame_note(blame, RULE_GAPS_OTHER_LEAVES_IGNORED, twin);
    return blame->weights->judged[RULE_GAPS_OTHER_LEAVES_IGNORED];
}

/* The target was read, and a leaf of another interface decided all the same. */
static bool blame_further_leaf(struct blame *blame) {
    if (!blame_mends(blame, TWIN_FURTHER))
        return false;
    blame_note(blame, RULE_TARGET_IS_READ, FINDING_NO_TWIN);
    return blame->weights->judged[RULE_TARGET_IS_READ];
}

/* Another interface's maximum stood for BASE's, or what it has kept the code from step 2. */
static bool blame_further_below(struct blame *blame) {
    if (!blame_mends(blame, TWIN_FURTHER))
        return false;
    blame_note(blame, RULE_MAX_BELOW_IS_ABSENT, FINDING_NO_TWIN);
    return true;
}

static bool blame_further_reaches(struct blame *blame) {
    if (!blame_mends(blame, TWIN_FURTHER) &&
        blame_pick(blame, TWIN_FURTHER, offsetof(struct weight, reads)) == FINDING_NO_TWIN)
        return false;
    blame_note(blame, RULE_MAX_REACHES_TARGET, FINDING_NO_TWIN);
    return true;
}

/* Where neither another row nor another signature mends it but both together do, both are to blame.
 * `row` is what the twins in other rows say. */
static bool blame_row(struct blame *blame, size_t row, size_t pick_offset) {
    const bool *judged = blame->weights->judged;
    size_t twin = row != FINDING_NO_TWIN ? row : blame_pick(blame, TWIN_RANGE_SIGNED, pick_offset);

    if (blame_pick(blame, TWIN_MAXIMUM, pick_offset) != FINDING_NO_TWIN ||
        blame_pick(blame, TWIN_COLUMN, pick_offset) != FINDING_NO_TWIN || twin == FINDING_NO_TWIN)
        return false;
    blame_note(blame, RULE_GENERIC_EVERY_RANGE, twin);
    if (row == FINDING_NO_TWIN)
        blame_note(blame, RULE_GENERIC_SIGNATURE_IGNORED, twin);
    return judged[RULE_GENERIC_EVERY_RANGE] ||
           (row == FINDING_NO_TWIN && judged[RULE_GENERIC_SIGNATURE_IGNORED]);
}

static bool blame_reading_row(struct blame *blame) {
    return blame_row(blame, blame->weights->row_reads, offsetof(struct weight, reads));
}

static bool blame_mending_row(struct blame *blame) {
    return blame_row(blame, blame->weights->row_right, offsetof(struct weight, repairs));
}

static bool blame_mending_row_not_value(struct blame *blame) {
    return !blame_mends(blame, TWIN_NONZERO) && blame_mending_row(blame);
}

static bool blame_maximum(struct blame *blame) {
    if (!blame_mends(blame, TWIN_MAXIMUM) || blame_mends(blame, TWIN_NONZERO))
        return false;
    blame_note(blame, RULE_MAX_REACHES_TARGET, FINDING_NO_TWIN);
    return true;
}

static bool blame_below(struct blame *blame) {
    blame_note(blame, RULE_MAX_BELOW_IS_ABSENT, FINDING_NO_TWIN);
    return true;
}

static bool blame_reaches(struct blame *blame) {
    blame_note(blame, RULE_MAX_REACHES_TARGET, FINDING_NO_TWIN);
    return true;
}

static bool blame_zero(struct blame *blame) {
    blame_note(blame, RULE_TARGET_ZERO_IS_ABSENT, FINDING_NO_TWIN);
    return true;
}

static bool blame_nonzero(struct blame *blame) {
    blame_note(blame, RULE_TARGET_NONZERO_IS_PRESENT, FINDING_NO_TWIN);
    return true;
}

static bool blame_name(struct blame *blame) {
    blame_note(blame, RULE_TARGET_OUTCOME_NAMED, FINDING_NO_TWIN);
    return true;
}

/* --- The table. --- */

#define FAULT_READ (FAULT_ZERO | FAULT_NONZERO)
#define FAULT_STEPS (FAULT_BELOW | FAULT_REACHED | FAULT_UNREAD | FAULT_READ)
#define BY_FACTOR "a run that differs only in what some rule says must not matter "
#define BY_FURTHER "a run that differs only in leaves of further bases (0x40000100, ...) "
#define BY_ROW "in another vendor's range "
#define NOR_MENDED ", and neither a plain maximum nor another leaf of this range mends it"

const struct attribution judge_attributions[] = {
    {FAULT_UNREAD, blame_reading_factor, BY_FACTOR "reads the target", "that rule"},
    {FAULT_STEPS, blame_mending_factor, BY_FACTOR "is right", "that rule"},
    {FAULT_UNREAD, blame_another_leaf,
     "\"available\" is said all the same, here or where other leaves hold something",
     "target/is-read"},
    {FAULT_STEPS & ~FAULT_BELOW, blame_hidden_leaves,
     "what other leaves hold decides where no maximum hides them, or in another range",
     "gaps/other-leaves-ignored"},
    {FAULT_READ, blame_further_leaf, BY_FURTHER "is right", "target/is-read"},
    {FAULT_BELOW, blame_further_below, BY_FURTHER "is right", "max/below-is-absent"},
    {FAULT_REACHED | FAULT_UNREAD, blame_further_reaches,
     BY_FURTHER "is right, or reads the target", "max/reaches-target"},
    {FAULT_UNREAD, blame_reading_row, BY_ROW "the target is read" NOR_MENDED,
     "generic/every-range"},
    {FAULT_BELOW | FAULT_REACHED, blame_mending_row, BY_ROW "it is right" NOR_MENDED,
     "generic/every-range"},
    {FAULT_READ, blame_mending_row_not_value,
     BY_ROW "it is right" NOR_MENDED ", nor another value of the target", "generic/every-range"},
    {FAULT_NONZERO, blame_maximum, "another maximum mends it, and no other value of the target",
     "max/reaches-target"},
    {FAULT_BELOW, blame_below, "none of these", "max/below-is-absent"},
    {FAULT_REACHED | FAULT_UNREAD, blame_reaches, "none of these", "max/reaches-target"},
    {FAULT_ZERO, blame_zero, "none of these", "target/zero-is-absent"},
    {FAULT_NONZERO, blame_nonzero, "none of these", "target/nonzero-is-present"},
    {FAULT_NAME, blame_naming_factor, BY_FACTOR "names it rightly", "that rule"},
    {FAULT_NAME, blame_name, "none of these", "target/outcome-named"},
};
const size_t judge_attributions_count = sizeof judge_attributions / sizeof judge_attributions[0];

const char *judge_fault_text(enum fault fault) {
    switch (fault) {
    case FAULT_BELOW:
        return "wrong, the maximum being below the target";
    case FAULT_REACHED:
        return "wrong, the maximum being all that decides and reaching the target";
    case FAULT_UNREAD:
        return "the target not read, though the maximum reaches it";
    case FAULT_ZERO:
        return "wrong, the target read and its EAX being zero";
    case FAULT_NONZERO:
        return "wrong, the target read and its EAX not being zero";
    case FAULT_NAME:
        return "the wrong kind of absent";
    }
    return "";
}

void judge_attribute(enum fault fault, const struct facts *base, const struct weights *weights,
                     struct finding *findings) {
    struct blame blame = {.weights = weights, .base = base, .findings = findings};

    for (size_t i = 0; i < judge_attributions_count; i++) {
        blame.row = (unsigned)i + 1;
        if ((judge_attributions[i].faults & fault) && judge_attributions[i].blames(&blame))
            return;
    }
}
