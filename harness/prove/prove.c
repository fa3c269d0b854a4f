/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/internal.h"

#include "base/clock.h"
#include "harness/hunt/trial.h"
#include "harness/prove/model.h"

#include <stdlib.h>
#include <string.h>

#define PROVE_STACK_ZEROS_MAX 8u /* low bits of the stack's base that code may ask for */
#define PROVE_STATES_MAX 20000u
#define PROVE_QUERY_LIMIT 20000u /* milliseconds */
#define PROVE_PATHS_FEW 64u      /* of a call, each followed for itself */

/* --- A boot. --- */

term_id prove_target(struct prover *prover, struct machine_state *state, term_id *low_byte) {
    struct terms *terms = machine_terms_of(prover->machine);
    const struct probe *probe = prover->probe;
    term_id low = term_unknown(terms, 8), target, allowed = term_false(terms);

    if (prover->only_target != 0) {
        *low_byte = 0;
        return term_number(terms, 32, prover->only_target);
    }
    *low_byte = probe->targets_count == 1 ? 0 : low;
    target = term_binary(terms, TERM_JOIN, term_number(terms, 24, CPUID_BASE >> 8), low);
    if (probe->targets_count == 0) {
        allowed = term_not(terms, term_eq(terms, low, term_number(terms, 8, 0)));
    } else if (probe->targets_count == 1) {
        return term_number(terms, 32, probe->targets[0]);
    } else {
        for (size_t i = 0; i < probe->targets_count; i++)
            allowed = term_or(terms, allowed,
                              term_eq(terms, target, term_number(terms, 32, probe->targets[i])));
    }
    return machine_push_condition(prover->machine, state, allowed) ? target : 0;
}

static bool prove_ask_at(struct prover *prover, struct machine_state *state, uint64_t function) {
    if (!state || !machine_call(prover->machine, state, MACHINE_CALLS_QUESTION, function,
                                prover->questions[prover->question].target)) {
        machine_state_free(state);
        return false;
    }
    prover->call_paths = 0;
    machine_run(prover->machine, state, prove_ended, prover);
    return true;
}

/* The entry, or each function that its resolver may have returned. */
static bool prove_ask_each(struct prover *prover, struct machine_state *state) {
    const struct guest_setup *setup = &prover->probe->setup;
    struct machine_value values[8];
    int count = 1;

    values[0] = (struct machine_value){setup->entry, 0};
    for (size_t i = 0; i < setup->resolvers_count; i++) {
        if (setup->resolvers[i] == setup->entry)
            count = machine_values(
                prover->machine, state,
                machine_resolved(prover->machine, state, PROVE_RESOLVED + (int64_t)(8 * i)), values,
                8);
    }
    if (count <= 0)
        prove_note_all_open(prover, "an indirect function may be too many", 0);
    for (int i = 0; i < count; i++) {
        struct machine_state *copy = machine_copy(prover->machine, state);

        if (copy && values[i].condition)
            machine_push_condition(prover->machine, copy, values[i].condition);
        if (!prove_ask_at(prover, copy, values[i].number)) {
            machine_state_free(state);
            prove_take_ends(prover);
            machine_state_free(prover->ended);
            prover->ended = NULL;
            return false;
        }
    }
    machine_state_free(state);
    prove_take_ends(prover);
    if (prover->ended && !prover->tables && prove_count(prover->result, PROVE_PROVEN) > 0)
        ways_judge(prover, prover->ended);
    ways_clear(prover);
    return true;
}

/* One leaf of the processor's, which code asks for at subleaf 0; whether there is a hypervisor
 * (leaf 1, ECX bit 31) stays open. */
static bool prove_guarantee_processor(struct prover *prover, struct machine_state *state,
                                      size_t index) {
    const struct cpuid_pins *pins = &prover->probe->guarantee.pins;
    const struct cpuid_values *values = &pins->processor[index].values;
    const uint32_t wanted[4] = {values->eax, values->ebx, values->ecx, values->edx};
    const uint32_t leaf = pins->processor[index].leaf;
    struct terms *terms = machine_terms_of(prover->machine);
    unsigned at;

    if (!machine_leaf_of(prover->machine, state, term_number(terms, 32, leaf),
                         term_number(terms, 32, 0), &at))
        return false;
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t bits = leaf == 1 && i == 2 ? ~(1u << 31) : UINT32_MAX;
        term_id value = machine_leaf_at(prover->machine, at)->values[i];

        machine_push_condition(prover->machine, state,
                               term_eq(terms, term_and(terms, value, term_number(terms, 32, bits)),
                                       term_number(terms, 32, wanted[i] & bits)));
    }
    return true;
}

/* What the caller guarantees of the table. False: out of memory. */
static bool prove_guarantee(struct prover *prover, struct machine_state *state) {
    const struct probe_guarantee *guarantee = &prover->probe->guarantee;
    const struct machine_leaf *base =
        machine_leaf_at(prover->machine, prover->questions[prover->question].base);
    const uint32_t signature[4] = {0, guarantee->signature.ebx, guarantee->signature.ecx,
                                   guarantee->signature.edx};
    struct terms *terms = machine_terms_of(prover->machine);
    unsigned interface;

    for (unsigned i = 1; i < 4 && guarantee->has_signature; i++)
        machine_push_condition(
            prover->machine, state,
            term_eq(terms, base->values[i], term_number(terms, 32, signature[i])));
    for (size_t i = 0; i < guarantee->pins.processor_count; i++) {
        if (!prove_guarantee_processor(prover, state, i))
            return false;
    }
    if (!guarantee->pins.has_interface)
        return true;
    if (!machine_leaf_of(prover->machine, state, term_number(terms, 32, CPUID_BASE + 1), 0,
                         &interface))
        return false;
    machine_push_condition(prover->machine, state,
                           term_eq(terms, machine_leaf_at(prover->machine, interface)->values[0],
                                   term_number(terms, 32, guarantee->pins.interface)));
    return true;
}

bool prove_ask(struct prover *prover, struct machine_state *state) {
    struct machine *machine = prover->machine;
    struct terms *terms = machine_terms_of(machine);
    struct claim_question *question = &prover->questions[++prover->question];
    term_id low;

    *question =
        (struct claim_question){.is_first = prover->question == 1, .present = prover->present};
    question->target = prove_target(prover, state, &low);
    if (!question->target ||
        !machine_leaf_of(machine, state, term_number(terms, 32, CPUID_BASE), 0, &question->base) ||
        !machine_leaf_of(machine, state, question->target, 0, &question->leaf) ||
        !prove_guarantee(prover, state)) {
        machine_state_free(state);
        return false;
    }
    prover->ended = NULL;
    return prove_ask_each(prover, state);
}

/* Calls one function of the boot; NULL: nothing more can be said. */
static struct machine_state *prove_boot_call(struct prover *prover, struct machine_state *state,
                                             enum machine_call kind, uint64_t function) {
    prover->ended = NULL;
    if (!machine_call(prover->machine, state, kind, function, 0)) {
        machine_state_free(state);
        return NULL;
    }
    prover->call_paths = 0;
    machine_run(prover->machine, state, prove_ended, prover);
    prove_take_ends(prover);
    state = prover->ended;
    prover->ended = NULL;
    return state;
}

/* What runs ahead of the first question, in the order of a loader: resolvers of indirect functions,
 * constructors, then what the manifest names. NULL: nothing more can be said. */
static struct machine_state *prove_boot(struct prover *prover) {
    const struct guest_setup *setup = &prover->probe->setup;
    const struct image *image = prover->probe->image;
    struct machine_state *state = machine_start(prover->machine);
    size_t constructors = setup->constructors ? image->constructors_count : 0;

    for (size_t i = 0; state && i < image->indirects_count + setup->resolvers_count; i++) {
        bool is_image = i < image->indirects_count;
        size_t index = i - image->indirects_count;

        prover->binds = true;
        prover->bind_space = is_image ? MACHINE_STATIC : MACHINE_THREAD;
        prover->bind_at =
            is_image ? (int64_t)image->indirects[i].slot : PROVE_RESOLVED + (int64_t)(8 * index);
        state = prove_boot_call(prover, state, MACHINE_CALLS_RESOLVER,
                                is_image ? image->indirects[i].resolver : setup->resolvers[index]);
    }
    prover->binds = false;
    for (size_t i = 0; state && i < constructors; i++)
        state = prove_boot_call(prover, state, MACHINE_CALLS_CONSTRUCTOR, image->constructors[i]);
    for (size_t i = 0; state && i < setup->before_count; i++)
        state = prove_boot_call(prover, state, MACHINE_CALLS_BEFORE, setup->before[i]);
    return state;
}

/* Further questions, one after the other, from the state behind the first. */
static void prove_further(struct prover *prover, struct machine_state *state) {
    while (state && prover->question < prover->options->questions &&
           prove_count(prover->result, PROVE_PROVEN) > 0) {
        if (!prove_ask(prover, state)) {
            prove_note_all_open(prover, "out of memory", 0);
            return;
        }
        state = prover->ended;
        prover->ended = NULL;
    }
    machine_state_free(state);
}

static void prove_questions(struct prover *prover) {
    struct prove_result *result = prover->result;
    struct machine_state *boot = prove_boot(prover), *after;

    prover->stored = false;
    prover->pieces = machine_pieces(prover->machine);
    after = boot ? machine_copy(prover->machine, boot) : NULL;
    if (!after || !prove_ask(prover, after)) {
        machine_state_free(boot);
        prove_note_all_open(prover, "out of memory", 0);
        return;
    }
    after = prover->ended;
    prover->ended = NULL;
    if (prover->stored && after && prove_count(result, PROVE_PROVEN) > 0 &&
        (prover->tables || !prove_induct(prover, boot, after))) {
        prove_further(prover, after);
        result->every_number = false;
        prove_note_all_open(prover,
                            "it keeps state from one question to the next: what more questions in "
                            "one boot show is not known",
                            0);
    } else {
        machine_state_free(after);
    }
    machine_state_free(boot);
    result->keeps_state |= prover->stored;
    if (prover->question > result->questions)
        result->questions = prover->question;
}

/* --- The proof. --- */

static bool prove_with(struct prover *prover, bool present, unsigned zeros, uint64_t low) {
    const struct probe_guarantee *guarantee = &prover->probe->guarantee;
    const struct machine_options options = {.image = prover->probe->image,
                                            .setup = &prover->probe->setup,
                                            .present = present,
                                            .once = guarantee->has_signature ? &guarantee->signature
                                                                             : NULL,
                                            .stack_zeros = zeros,
                                            .stack_low = low,
                                            .deadline = prover->deadline,
                                            .states_max = PROVE_STATES_MAX,
                                            .joins = prover->joins,
                                            .query_limit = PROVE_QUERY_LIMIT,
                                            .effort = prover->effort};
    const char *why;

    prover->present = present;
    prover->question = 0;
    prover->machine = machine_new(&options, &why);
    if (!prover->machine) {
        prove_note_all_open(prover, why, 0);
        return false;
    }
    prove_questions(prover);
    prover->misaligned |= machine_is_misaligned(prover->machine);
    prove_note_assumed(prover);
    if (terms_exhausted(machine_terms_of(prover->machine)))
        prove_note_all_open(prover, "too many terms", 0);
    prover->result->queries += solver_queries(machine_solver_of(prover->machine));
    machine_free(prover->machine);
    prover->machine = NULL;
    return true;
}

static void prove_reset(struct prover *prover) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        free(prover->result->rules[rule].reason);
        prover->result->rules[rule] = (struct prove_rule){.verdict = PROVE_PROVEN};
    }
    prover->result->every_number = true;
    prover->misaligned = false;
}

/* With the stack anywhere that the ABI allows: for code that aligns it further, each way in which
 * its base may lie in a larger unit is a proof of its own. */
static void prove_anywhere(struct prover *prover, unsigned zeros) {
    for (uint64_t low = 0; low < 1ull << zeros; low += 16) {
        if (!prove_with(prover, true, zeros, low) ||
            (prover->options->profile && !prove_with(prover, false, zeros, low)) ||
            prove_count(prover->result, PROVE_PROVEN) == 0)
            return;
    }
}

static void prove_in_a_way(struct prover *prover) {
    prover->is_many = false;
    for (unsigned zeros = 4; zeros <= PROVE_STACK_ZEROS_MAX; zeros++) {
        prove_reset(prover);
        prove_anywhere(prover, zeros);
        if (!prover->misaligned || prove_count(prover->result, PROVE_REFUTED) > 0)
            break;
    }
}

/* Each path for itself is quick where they are few, and says most. Where they are many, those that
 * meet again go on as one; and where that leaves something open, each is followed after all. */
void prove_follow(struct prover *prover) {
    const double end = prover->deadline;
    const struct {
        bool joins;
        size_t paths_max;
        double share; /* of the time that is left */
    } ways[] = {{false, PROVE_PATHS_FEW, 0.1}, {true, 0, 0.6}, {false, 0, 1}};

    for (size_t i = prover->tables ? 2 : 0; /* a search wants a table for each path */ i < sizeof ways / sizeof ways[0]; i++) {
        double now = clock_seconds();

        prover->joins = ways[i].joins;
        prover->paths_max = ways[i].paths_max;
        prover->deadline = now + (end - now) * ways[i].share;
        prove_in_a_way(prover);
        if (prove_count(prover->result, PROVE_OPEN) == 0 ||
            prove_count(prover->result, PROVE_REFUTED) > 0 ||
            !(prover->is_many || clock_seconds() >= prover->deadline || prover->joins))
            break;
    }
    prover->deadline = end;
}

bool prove_is_there(void) {
    return lift_is_there() && solver_version() != NULL;
}

const char *prove_solver_version(void) {
    return prove_is_there() ? solver_version() : "none";
}

bool prove_run(const struct probe *probe, const struct prove_options *options,
               struct prove_result *result, struct errors *errors) {
    double started = clock_seconds();
    struct prover prover = {.probe = probe,
                            .options = options,
                            .result = result,
                            .errors = errors,
                            .effort = options->effort,
                            .deadline = options->effort > 0 ? PROVE_UNLIMITED
                                                            : started + options->seconds};
    const char *why;

    prove_select(&prover);
    why = model_lacks(probe);
    if (why)
        prove_note_all_open(&prover, why, 0);
    else
        prove_follow(&prover);
    if (!why)
        prove_confirm_state(&prover);
    prove_follow_answer(result);
    prove_leave_out(&prover);
    if (!prove_tell_assumed(&prover))
        errors_add(errors, NULL, 0, 0, "out of memory");
    hunt_bench_free(prover.bench);
    result->seconds = clock_seconds() - started;
    return errors_none(errors);
}
