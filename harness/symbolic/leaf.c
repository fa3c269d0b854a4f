/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/internal.h"

#include <stdlib.h>

/*
 * CPUID: an unknown function of leaf and subleaf; of the leaf alone where the leaf is a
 * hypervisor's, since a difference by subleaf is a rule of its own (platform/subleaf-zero).
 */
static term_id leaf_is_hypervisor(struct machine *machine, term_id leaf) {
    struct terms *terms = machine->terms;

    return term_and(
        terms, term_binary(terms, TERM_LE_UNSIGNED, term_number(terms, 32, CPUID_BASE), leaf),
        term_binary(terms, TERM_LE_UNSIGNED, leaf, term_number(terms, 32, CPUID_SPACE_LAST)));
}

const struct machine_leaf *machine_leaf_at(const struct machine *machine, unsigned index) {
    return &machine->leaves[index];
}

static bool leaf_make(struct machine *machine, term_id leaf, term_id subleaf, unsigned *index) {
    struct machine_leaf *made;

    for (size_t i = 0; i < machine->leaves_count; i++) {
        if (machine->leaves[i].leaf == leaf && machine->leaves[i].subleaf == subleaf) {
            *index = (unsigned)i;
            return true;
        }
    }
    if (machine->leaves_count == machine->leaves_capacity) {
        size_t capacity = machine->leaves_capacity ? 2 * machine->leaves_capacity : 64;
        struct machine_leaf *leaves = realloc(machine->leaves, capacity * sizeof *leaves);

        if (!leaves)
            return false;
        machine->leaves = leaves;
        machine->leaves_capacity = capacity;
    }
    made = &machine->leaves[machine->leaves_count];
    *made = (struct machine_leaf){.leaf = leaf, .subleaf = subleaf};
    for (unsigned i = 0; i < 4; i++)
        made->values[i] = term_unknown(machine->terms, 32);
    *index = (unsigned)machine->leaves_count++;
    return true;
}

/* What the values at hand say otherwise, they say of no table. */
void machine_axiom(struct machine *machine, struct machine_state *state, term_id axiom) {
    uint64_t number;

    if (term_is_number(machine->terms, axiom, &number))
        return;
    for (size_t i = state->axioms.count; i-- > 0;) {
        if (state->axioms.ids[i] == axiom)
            return;
    }
    if (!machine_push_term(&state->axioms, axiom))
        machine->failed = true;
    if (state->values_count > 0 &&
        !term_evaluate(machine->terms, axiom, state->values, state->values_count))
        state->values_count = 0;
}

static term_id leaf_implies(struct machine *machine, term_id condition, term_id then) {
    return term_or(machine->terms, term_not(machine->terms, condition), then);
}

/* Equal leaves return equal values. */
static void leaf_agrees(struct machine *machine, struct machine_state *state,
                        const struct machine_leaf *a, const struct machine_leaf *b) {
    struct terms *terms = machine->terms;
    term_id same = term_eq(terms, a->leaf, b->leaf);
    uint64_t number;

    if (!a->subleaf != !b->subleaf)
        return;     /* one is a hypervisor's, the other none */
    if (a->subleaf) /* no processor answers leaf 0 by subleaf */
        same = term_and(terms, same,
                        term_or(terms, term_eq(terms, a->subleaf, b->subleaf),
                                term_eq(terms, a->leaf, term_number(terms, 32, 0))));
    if ((term_is_number(terms, same, &number) && !number) ||
        machine_is_assumed(state, term_not(terms, same)) ||
        machine_decide(machine, state, same) == 0)
        return;
    for (unsigned i = 0; i < 4; i++) /* each for itself, as few of them matter */
        machine_axiom(machine, state,
                      leaf_implies(machine, same, term_eq(terms, a->values[i], b->values[i])));
}

/* Leaf 0 says that there is a leaf 1, which says whether there is a hypervisor; and its highest
 * leaf is none of a hypervisor's. */
static void leaf_of_processor(struct machine *machine, struct machine_state *state,
                              const struct machine_leaf *leaf) {
    struct terms *terms = machine->terms;
    term_id bit = term_extract(terms, leaf->values[2], 31, 1);
    term_id zero = term_eq(terms, leaf->leaf, term_number(terms, 32, 0));
    term_id one = term_eq(terms, leaf->leaf, term_number(terms, 32, 1));
    uint64_t number;

    if (!term_is_number(terms, one, &number) || number)
        machine_axiom(
            machine, state,
            leaf_implies(machine, one, machine->options.present ? bit : term_not(terms, bit)));
    if (!term_is_number(terms, zero, &number) || number) {
        term_id highest = leaf->values[0];
        term_id fits = term_and(
            terms, term_binary(terms, TERM_LE_UNSIGNED, term_number(terms, 32, 1), highest),
            term_binary(terms, TERM_LT_UNSIGNED, highest, term_number(terms, 32, CPUID_BASE)));

        machine_axiom(machine, state, leaf_implies(machine, zero, fits));
    }
}

/* No further base shows the signature that the caller expects at 0x40000000. */
static void leaf_of_further_base(struct machine *machine, struct machine_state *state,
                                 const struct machine_leaf *leaf) {
    const struct cpuid_values *once = machine->options.once;
    const uint32_t signature[4] = {0, once->ebx, once->ecx, once->edx};
    struct terms *terms = machine->terms;
    term_id low = term_and(terms, leaf->leaf, term_number(terms, 32, 0xff));
    term_id further = term_and(terms, term_eq(terms, low, term_number(terms, 32, 0)),
                               term_and(terms,
                                        term_binary(terms, TERM_LT_UNSIGNED,
                                                    term_number(terms, 32, CPUID_BASE), leaf->leaf),
                                        term_binary(terms, TERM_LE_UNSIGNED, leaf->leaf,
                                                    term_number(terms, 32, CPUID_BASES_LAST))));
    term_id repeats = term_true(terms);
    uint64_t number;

    if (term_is_number(terms, further, &number) && !number)
        return;
    for (unsigned i = 1; i < 4; i++)
        repeats = term_and(terms, repeats,
                           term_eq(terms, leaf->values[i], term_number(terms, 32, signature[i])));
    machine_axiom(machine, state, leaf_implies(machine, further, term_not(terms, repeats)));
}

bool machine_leaf_of(struct machine *machine, struct machine_state *state, term_id leaf,
                     term_id subleaf, unsigned *index) {
    struct machine_leaf made;

    if (!leaf_make(machine, leaf, subleaf, index))
        return false;
    for (size_t i = 0; i < state->leaves_count; i++) {
        if (state->leaves[i] == *index)
            return true;
    }
    if (state->leaves_count == state->leaves_capacity) {
        size_t capacity = state->leaves_capacity ? 2 * state->leaves_capacity : 16;
        unsigned *leaves = realloc(state->leaves, capacity * sizeof *leaves);

        if (!leaves)
            return false;
        state->leaves = leaves;
        state->leaves_capacity = capacity;
    }
    made = machine->leaves[*index];
    for (size_t i = 0; i < state->leaves_count; i++)
        leaf_agrees(machine, state, &machine->leaves[state->leaves[i]], &made);
    if (subleaf)
        leaf_of_processor(machine, state, &made);
    else if (machine->options.once)
        leaf_of_further_base(machine, state, &made);
    state->leaves[state->leaves_count++] = *index;
    return true;
}

static bool leaf_note(struct machine_state *state, const struct machine_read *read) {
    if (state->reads_count == state->reads_capacity) {
        size_t capacity = state->reads_capacity ? 2 * state->reads_capacity : 16;
        struct machine_read *reads = realloc(state->reads, capacity * sizeof *reads);

        if (!reads)
            return false;
        state->reads = reads;
        state->reads_capacity = capacity;
    }
    state->reads[state->reads_count++] = *read;
    return true;
}

bool machine_note_read(struct machine *machine, struct machine_state *state, term_id leaf,
                       term_id guard) {
    struct machine_read read = {.guard = guard,
                                .leaf = leaf,
                                .subleaf = term_number(machine->terms, 32, 0),
                                .question = state->question};

    return machine_leaf_of(machine, state, leaf, 0, &read.index) && leaf_note(state, &read);
}

static void leaf_read(struct machine *machine, struct machine_state *state, term_id leaf,
                      term_id subleaf, bool is_hypervisor) {
    static const unsigned order[4] = {0, 3, 1, 2}; /* EAX, EBX, ECX, EDX by their encoding */
    struct machine_read read = {.guard = term_true(machine->terms),
                                .leaf = leaf,
                                .subleaf = subleaf,
                                .address = state->pc,
                                .question = state->question};

    if (!machine_leaf_of(machine, state, leaf, is_hypervisor ? 0 : subleaf, &read.index) ||
        !leaf_note(state, &read)) {
        machine->failed = true;
        return;
    }
    for (unsigned i = 0; i < 4; i++)
        machine_write_registers(
            machine, state, machine->layout->general[order[i]],
            term_zero_extend(machine->terms, machine->leaves[read.index].values[i], machine->word));
}

void machine_cpuid(struct machine *machine, struct machine_state *state) {
    term_id leaf = machine_register(machine, state, 0, 0, 4);
    term_id subleaf = machine_register(machine, state, 1, 0, 4);
    term_id is_hypervisor = leaf_is_hypervisor(machine, leaf);
    uint64_t number;
    bool never;

    if (state->reads_count - state->reads_before >= GUEST_CPUIDS_MAX) {
        machine_end_at(state, MACHINE_OPEN, "too many CPUIDs in one call");
        return;
    }
    if (!term_is_number(machine->terms, is_hypervisor, &number)) {
        /* The other side executes this instruction once more, and then knows. */
        struct machine_state *other = machine_split(machine, state, is_hypervisor, &never);

        if (never) { /* it is one for sure: go on as that */
            machine_state_free(other);
            machine_assume(machine, state, is_hypervisor);
            number = 1;
        } else {
            if (other)
                machine_add_pending(machine, other);
            number = 0;
        }
    }
    leaf_read(machine, state, leaf, subleaf, number != 0);
}
