/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/claims.h"

#include <string.h>

/* What a claim is made of: each a term of one bit. */
struct parts {
    struct terms *terms;
    const struct spec_form *form; /* what the probe decides */
    term_id eax;                  /* of the target: the bits that decide */
    term_id in_range;             /* the maximum reaches the target */
    term_id implemented;          /* the target's EAX is not 0 */
    term_id expected;             /* both */
    term_id available, not_available, not_implemented, absent; /* what the answer says */
    term_id right;
    term_id read_base, read_target, stale_target, stale, ahead, beyond, any;
    term_id left_open; /* the mail leaves this question open: maximum 0, target 0x40000001 */
};

struct claim_list {
    struct claim *claims;
    size_t count;
};

static void claim_add(struct claim_list *list, enum rule_id rule, term_id violated) {
    if (list->count < CLAIMS_MAX)
        list->claims[list->count++] = (struct claim){rule, violated};
}

/* --- The answer. --- */

/* What the callback was called with: of the answer, or of the value. */
static term_id claim_called_with(struct machine *machine, const struct machine_state *state,
                                 bool is_value) {
    return state->callback[is_value] ? state->callback[is_value]
                                     : term_unknown(machine_terms_of(machine), 64);
}

/* EDX above EAX. */
static term_id claim_pair(struct machine *machine, const struct machine_state *state) {
    enum { AX = 0, DX = 2 }; /* as instructions encode them */
    struct terms *terms = machine_terms_of(machine);
    term_id upper = machine_register(machine, state, DX, 0, 4),
            lower = machine_register(machine, state, AX, 0, 4);

    if (!upper || !lower)
        return 0;
    return term_binary(terms, TERM_OR,
                       term_binary(terms, TERM_SHL, term_zero_extend(terms, upper, 64),
                                   term_number(terms, 64, 32)),
                       term_zero_extend(terms, lower, 64));
}

static term_id claim_place(const struct probe *probe, struct machine *machine,
                           const struct machine_state *state, const struct guest_place *place) {
    struct terms *terms = machine_terms_of(machine);
    term_id flags, value = 0;
    unsigned from;

    switch (place->kind) {
    case GUEST_REGISTER:
        if (place->reg & GUEST_PAIR)
            return claim_pair(machine, state);
        from = place->offset + (place->reg & GUEST_HIGH_BYTE ? 1 : 0);
        if (from + place->width <= machine_layout(machine)->word)
            value =
                machine_register(machine, state, place->reg % GUEST_HIGH_BYTE, from, place->width);
        break;
    case GUEST_MEMORY:
        value =
            machine_bytes(machine, state, MACHINE_STATIC, (int64_t)place->address, place->width);
        break;
    case GUEST_CARRY:
    case GUEST_ZERO:
        flags = machine_flags_all(machine, state);
        if (flags)
            value = term_extract(terms, flags, place->kind == GUEST_CARRY ? 0 : 6, 1);
        break;
    case GUEST_OUT:
        value = machine_bytes(machine, state, MACHINE_OUT, place->offset, place->width);
        break;
    case GUEST_CONTEXT:
        value = machine_bytes(machine, state, MACHINE_CONTEXT, place->offset, place->width);
        break;
    case GUEST_CALLBACK:
        value = claim_called_with(machine, state, place == &probe->setup.value);
        break;
    default:
        break;
    }
    return value ? term_zero_extend(terms, value, 64) : 0;
}

term_id claims_answer(const struct probe *probe, struct machine *machine,
                      const struct machine_state *state, const char **why) {
    *why = "where it gives its answer is not modelled";
    return claim_place(probe, machine, state, &probe->setup.answer);
}

term_id claims_answered(const struct probe *probe, struct machine *machine,
                        const struct machine_state *state) {
    return probe->setup.may_be_unwritten || probe->setup.answer.kind == GUEST_CALLBACK
               ? state->answered
               : term_true(machine_terms_of(machine));
}

static term_id claim_listed(struct terms *terms, term_id answer, const uint64_t *values,
                            size_t count) {
    term_id listed = term_false(terms);

    for (size_t i = 0; i < count; i++)
        listed = term_or(terms, listed, term_eq(terms, answer, term_number(terms, 64, values[i])));
    return listed;
}

/* As probe_outcome reads an answer. */
static void claim_written(const struct probe *probe, term_id number, struct parts *parts) {
    const struct probe_answer *answer = &probe->answer;
    struct terms *terms = parts->terms;
    term_id is_zero, available, listed;
    bool lists_absent = answer->not_available_count + answer->not_implemented_count > 0;

    if (answer->mask != 0)
        number = term_and(terms, number, term_number(terms, 64, answer->mask));
    is_zero = term_eq(terms, number, term_number(terms, 64, 0));
    parts->not_available =
        claim_listed(terms, number, answer->not_available, answer->not_available_count);
    parts->not_implemented = term_and(
        terms, term_not(terms, parts->not_available),
        claim_listed(terms, number, answer->not_implemented, answer->not_implemented_count));
    listed = term_or(terms, parts->not_available, parts->not_implemented);
    available =
        answer->available == PROBE_NONZERO ? term_not(terms, is_zero)
        : answer->available == PROBE_ZERO
            ? is_zero
            : claim_listed(terms, number, answer->available_values, answer->available_count);
    parts->available = term_and(terms, term_not(terms, listed), available);
    parts->absent = lists_absent ? listed : term_not(terms, parts->available);
}

/* The same, and what it means that nothing was written: no answer at all where nobody said. */
static void claim_outcome(const struct probe *probe, term_id number, term_id written,
                          struct parts *parts) {
    struct terms *terms = parts->terms;
    enum outcome unwritten = probe->setup.may_be_unwritten ? probe->answer.unwritten : OUTCOME_NONE;
    const struct {
        term_id *part;
        bool holds; /* where nothing was written */
    } rows[] = {
        {&parts->available, unwritten == OUTCOME_AVAILABLE},
        {&parts->not_available, unwritten == OUTCOME_NOT_AVAILABLE},
        {&parts->not_implemented, unwritten == OUTCOME_NOT_IMPLEMENTED},
        {&parts->absent, unwritten != OUTCOME_AVAILABLE && unwritten != OUTCOME_NONE},
    };

    claim_written(probe, number, parts);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        *rows[i].part =
            term_choose(terms, written, *rows[i].part, term_number(terms, 1, rows[i].holds));
}

/* --- What was read. --- */

static void claim_read(struct machine *machine, const struct claim_question *question,
                       const struct machine_read *read, struct parts *parts) {
    struct terms *terms = parts->terms;
    term_id base = term_number(terms, 32, CPUID_BASE), leaf = read->leaf;
    term_id maximum = machine_leaf_at(machine, question->base)->values[0];
    term_id is_base = term_eq(terms, leaf, base), here = read->guard, above;
    term_id stale = term_not(terms, term_eq(terms, read->subleaf, term_number(terms, 32, 0)));
    term_id is_target = term_and(terms, here, term_eq(terms, leaf, question->target));
    term_id further, old_kvm;

    if (machine_leaf_at(machine, read->index)->subleaf)
        return; /* the processor's own */
    above = term_and(terms, here, term_not(terms, is_base));
    parts->any = term_or(terms, parts->any, here);
    parts->ahead =
        term_or(terms, parts->ahead, term_and(terms, above, term_not(terms, parts->read_base)));
    parts->read_base = term_or(terms, parts->read_base, term_and(terms, here, is_base));
    parts->read_target = term_or(terms, parts->read_target, is_target);
    parts->stale_target = term_or(terms, parts->stale_target, term_and(terms, is_target, stale));
    parts->stale = term_or(terms, parts->stale, term_and(terms, here, stale));
    /* Further bases, and 0x40000001 where the maximum is 0, are left open. */
    further = term_and(
        terms, term_eq(terms, term_extract(terms, leaf, 0, 8), term_number(terms, 8, 0)),
        term_binary(terms, TERM_LT_UNSIGNED, term_number(terms, 32, CPUID_BLOCK_LAST), leaf));
    old_kvm = term_and(terms, term_eq(terms, maximum, term_number(terms, 32, 0)),
                       term_eq(terms, leaf, term_number(terms, 32, CPUID_BASE + 1)));
    parts->beyond = term_or(
        terms, parts->beyond,
        term_and(terms, term_and(terms, above, term_binary(terms, TERM_LT_UNSIGNED, maximum, leaf)),
                 term_not(terms, term_or(terms, further, old_kvm))));
}

static void claim_parts(struct machine *machine, const struct machine_state *state,
                        const struct claim_question *question, struct parts *parts) {
    struct terms *terms = parts->terms;
    const struct machine_leaf *base = machine_leaf_at(machine, question->base);
    const struct machine_leaf *leaf = machine_leaf_at(machine, question->leaf);
    term_id maximum = base->values[0], nothing = term_number(terms, 32, 0);

    parts->eax = leaf->values[0];
    if (parts->form->mask)
        parts->eax = term_and(terms, parts->eax, term_number(terms, 32, parts->form->mask));
    parts->in_range = term_binary(terms, TERM_LE_UNSIGNED, question->target, maximum);
    if (parts->form->maximum_only)
        parts->implemented = term_true(terms);
    else if (parts->form->exact)
        parts->implemented =
            term_eq(terms, parts->eax, term_number(terms, 32, parts->form->equals));
    else
        parts->implemented = term_not(terms, term_eq(terms, parts->eax, nothing));
    parts->expected = term_and(terms, parts->in_range, parts->implemented);
    parts->left_open =
        term_and(terms, term_eq(terms, maximum, term_number(terms, 32, 0)),
                 term_eq(terms, question->target, term_number(terms, 32, CPUID_BASE + 1)));
    parts->read_base = parts->read_target = parts->stale_target = parts->stale = parts->ahead =
        parts->beyond = parts->any = term_false(terms);
    for (size_t i = 0; i < state->reads_count; i++)
        claim_read(machine, question, &state->reads[i], parts);
    parts->right = term_choose(terms, parts->expected, parts->available, parts->absent);
}

/* --- Rule by rule. --- */

static void claim_steps(const struct claim_question *question, const struct parts *parts,
                        struct claim_list *list) {
    struct terms *terms = parts->terms;
    term_id wrong = term_not(terms, parts->right);
    term_id below = term_not(terms, parts->in_range);
    term_id zero = term_and(terms, parts->in_range, term_not(terms, parts->implemented));
    term_id unread = question->is_first && !parts->form->maximum_only
                         ? term_and(terms, parts->in_range, term_not(terms, parts->read_target))
                         : term_false(terms);

    claim_add(list, RULE_MAX_BELOW_IS_ABSENT,
              term_and(terms, term_and(terms, below, wrong), term_not(terms, parts->left_open)));
    claim_add(list, RULE_TARGET_ZERO_IS_ABSENT, term_and(terms, zero, wrong));
    claim_add(list, RULE_TARGET_NONZERO_IS_PRESENT, term_and(terms, parts->expected, wrong));
    claim_add(list, RULE_MAX_REACHES_TARGET,
              term_or(terms, term_and(terms, parts->expected, wrong), unread));
    claim_add(list, RULE_TARGET_IS_READ, term_or(terms, unread, parts->stale_target));
}

static void claim_order(const struct parts *parts, struct claim_list *list) {
    struct terms *terms = parts->terms;

    claim_add(list, RULE_MAX_READ_FIRST,
              term_or(terms, parts->ahead,
                      term_and(terms, parts->available, term_not(terms, parts->read_base))));
    claim_add(list, RULE_MAX_NO_READ_BEYOND, parts->beyond);
    claim_add(list, RULE_PLATFORM_SUBLEAF_ZERO, parts->stale);
}

static bool claim_value(const struct probe *probe, struct machine *machine,
                        const struct machine_state *state, const struct parts *parts,
                        struct claim_list *list) {
    struct terms *terms = parts->terms;
    uint64_t scale = parts->form->scale ? parts->form->scale : 1;
    term_id value, eax, bits;

    if (!probe_reports_value(probe))
        return true;
    value = claim_place(probe, machine, state, &probe->setup.value);
    if (!value)
        return false;
    eax = term_binary(terms, TERM_MUL, term_zero_extend(terms, parts->eax, 64),
                      term_number(terms, 64, scale));
    bits = term_number(terms, 64, parts->form->value_bits ? parts->form->value_bits : UINT64_MAX);
    value = term_and(terms, value, bits);
    eax = term_and(terms, eax, bits);
    claim_add(list, RULE_TARGET_VALUE_INTACT,
              term_and(terms, term_and(terms, parts->expected, parts->available),
                       term_not(terms, term_eq(terms, value, eax))));
    return true;
}

static void claim_name(const struct probe *probe, const struct parts *parts,
                       struct claim_list *list) {
    struct terms *terms = parts->terms;
    term_id below = term_not(terms, parts->in_range);
    term_id zero = term_and(terms, parts->in_range, term_not(terms, parts->implemented));

    if (!probe_names_outcome(probe))
        return;
    below = term_and(terms, below, term_not(terms, parts->left_open));
    claim_add(list, RULE_TARGET_OUTCOME_NAMED,
              term_or(terms,
                      term_and(terms, term_and(terms, below, parts->absent),
                               term_not(terms, parts->not_available)),
                      term_and(terms, term_and(terms, zero, parts->absent),
                               term_not(terms, parts->not_implemented))));
}

static void claim_state(struct machine *machine, const struct machine_state *state,
                        struct claim_list *list) {
    struct machine_keep keeps[24];
    size_t count = machine_keeps(machine, state, keeps, sizeof keeps / sizeof keeps[0]);
    struct terms *terms = machine_terms_of(machine);

    for (size_t i = 0; i < count; i++)
        claim_add(list,
                  keeps[i].is_stack ? RULE_PLATFORM_STACK_BALANCED
                                    : RULE_PLATFORM_REGISTERS_PRESERVED,
                  term_not(terms, keeps[i].kept));
}

size_t claims_of(const struct probe *probe, struct machine *machine,
                 const struct machine_state *state, const struct claim_question *question,
                 struct claim *claims, const char **why) {
    struct claim_list list = {claims, 0};
    struct parts parts = {.terms = machine_terms_of(machine), .form = &probe->form};
    term_id answer = claims_answer(probe, machine, state, why);

    if (!answer)
        return 0;
    claim_outcome(probe, answer, claims_answered(probe, machine, state), &parts);
    claim_parts(machine, state, question, &parts);
    claim_state(machine, state, &list);
    if (!question->present) {
        claim_add(&list, RULE_PRESENCE_CHECKED_FIRST,
                  term_or(parts.terms, parts.any, term_not(parts.terms, parts.absent)));
        return list.count;
    }
    claim_steps(question, &parts, &list);
    claim_order(&parts, &list);
    claim_name(probe, &parts, &list);
    *why = "where it reports the value is not modelled";
    return claim_value(probe, machine, state, &parts, &list) ? list.count : 0;
}

bool claims_way_mentions(struct machine *machine, const struct machine_state *state,
                         bool (*is_meant)(void *context, size_t unknown), void *context) {
    struct terms *terms = machine_terms_of(machine);

    for (size_t i = state->path_before; i < state->path.count; i++) {
        if (term_mentions(terms, state->path.ids[i], is_meant, context))
            return true;
    }
    for (size_t i = state->reads_before; i < state->reads_count; i++) {
        const struct machine_read *read = &state->reads[i];

        if (term_mentions(terms, read->guard, is_meant, context) ||
            term_mentions(terms, read->leaf, is_meant, context))
            return true;
    }
    return false;
}
