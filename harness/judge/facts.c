/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"
#include "harness/judge/judge.h"
#include "harness/judge/rows.h"

static bool outcome_is_available(enum outcome outcome) {
    return outcome == OUTCOME_AVAILABLE;
}

/* A leaf of a further base, where another interface may be looked for. */
static bool facts_is_further(uint32_t leaf) {
    return leaf > CPUID_BLOCK_LAST && leaf <= CPUID_BASES_LAST;
}

/* Leaves above the maximum that nobody may read; a maximum of 0 may mean 0x40000001. */
static bool facts_is_beyond(uint32_t leaf, uint32_t maximum) {
    return leaf > maximum && leaf != CPUID_BASE && !facts_is_further(leaf) &&
           !(maximum == 0 && leaf == CPUID_BASE + 1);
}

/* What the executions since the boot show. */
static void facts_of_trace(struct facts *facts, const struct cpuid_execution *trace, size_t count,
                           uint32_t maximum, uint32_t target) {
    facts->leaves = facts->block = HASH_START;
    for (size_t i = 0; i < count; i++) {
        uint32_t leaf = trace[i].leaf;

        if (!cpuid_is_hypervisor_leaf(leaf))
            continue;
        facts->read_hypervisor = true;
        if (leaf == CPUID_BASE)
            facts->read_base = true;
        else if (!facts->read_base)
            facts->read_ahead = true;
        if (leaf == target)
            facts->read_target = true;
        if (facts_is_beyond(leaf, maximum))
            facts->read_beyond = true;
        if (facts_is_further(leaf) && leaf > maximum)
            facts->read_further = true;
        if (trace[i].subleaf != 0)
            facts->stale_subleaf = true;
        if (trace[i].subleaf != 0 && leaf == target)
            facts->stale_target = true;
        facts->leaves = hash_word(facts->leaves, leaf);
        if (!facts_is_further(leaf))
            facts->block = hash_word(facts->block, leaf);
    }
}

static bool facts_agree(const struct facts *facts, enum outcome outcome) {
    return facts->returned && facts->answer != OUTCOME_NONE &&
           outcome_is_available(facts->answer) == outcome_is_available(outcome);
}

struct facts judge_facts(const struct spec_form *form, const struct observation *observation,
                         const struct cpuid_view *view, uint32_t target, enum outcome answer) {
    uint32_t target_eax = cpuid_lookup(view, target, 0).eax;
    struct facts facts = {
        .end = observation->end,
        .state = observation->state,
        .answer = answer,
        .returned = observation->end == OBSERVATION_RETURNED,
        .value_right = spec_form_reports(form, target_eax, observation->value),
        .skips_target = form->maximum_only,
    };

    facts.expected = view->table->present
                         ? spec_form_outcome(form, view->maximum, target, target_eax)
                         : OUTCOME_NOT_AVAILABLE;
    facts.named_right = answer == facts.expected;
    facts.right = facts_agree(&facts, facts.expected);
    facts.odd_base = cpuid_base_has_subleaves(view->table);
    facts.open = view->table->present && view->maximum == 0 && target == CPUID_BASE + 1;
    if (facts.open) {
        enum outcome meant = spec_form_outcome(form, target, target, target_eax);

        facts.took_zero = !facts.right && facts_agree(&facts, meant);
        facts.right |= facts.took_zero;
        facts.named_right |= answer == meant;
    }
    facts_of_trace(&facts, observation->boot_trace, observation->boot_count + observation->count,
                   view->maximum, target);
    return facts;
}

bool judge_facts_equal(const struct facts *a, const struct facts *b) {
    return a->end == b->end && a->state == b->state && a->expected == b->expected &&
           a->answer == b->answer && a->returned == b->returned && a->right == b->right &&
           a->named_right == b->named_right && a->read_base == b->read_base &&
           a->read_target == b->read_target && a->read_ahead == b->read_ahead &&
           a->read_beyond == b->read_beyond && a->read_hypervisor == b->read_hypervisor &&
           a->stale_subleaf == b->stale_subleaf && a->stale_target == b->stale_target &&
           a->odd_base == b->odd_base && a->open == b->open && a->took_zero == b->took_zero &&
           a->read_further == b->read_further && a->value_right == b->value_right &&
           a->skips_target == b->skips_target && a->leaves == b->leaves && a->block == b->block;
}

/* Whether an execution is the one that a rule is about. */
static bool deciding_matches(enum rule_id rule, const struct cpuid_execution *execution,
                             const struct cpuid_view *view, uint32_t target) {
    bool is_hypervisor = cpuid_is_hypervisor_leaf(execution->leaf);
    bool is_base = execution->leaf == CPUID_BASE, is_target = execution->leaf == target;

    switch (judge_rows[rule].deciding) {
    case DECIDING_BASE:
        return is_base;
    case DECIDING_HYPERVISOR:
        return is_hypervisor;
    case DECIDING_ABOVE_BASE:
        return is_hypervisor && !is_base;
    case DECIDING_BEYOND:
        return is_hypervisor && !is_base && execution->leaf > view->maximum;
    case DECIDING_OTHER:
        return is_hypervisor && !is_base && !is_target;
    case DECIDING_ANOTHER:
        return (is_hypervisor && !is_base && !is_target) || (is_target && execution->subleaf != 0);
    case DECIDING_STALE:
        return is_hypervisor && execution->subleaf != 0;
    case DECIDING_TARGET:
        break;
    }
    return is_target;
}

ptrdiff_t judge_deciding(enum rule_id rule, const struct observation *observation,
                         const struct cpuid_view *view, uint32_t target) {
    size_t count = observation->boot_count + observation->count;

    for (size_t i = 0; i < count; i++) {
        if (deciding_matches(rule, &observation->boot_trace[i], view, target))
            return (ptrdiff_t)i;
    }
    return (ptrdiff_t)count - 1;
}
