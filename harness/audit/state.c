/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE_PASSINGS_MAX (1u << 18) /* 144 bytes each */
#define STATE_SEED 0x9e3779b97f4a7c15ull
#define STATE_INPUTS_MAX 16u /* different ones: few enough to have been tried in full */

/* What the original instruction was given. */
struct state_inputs {
    const struct disassembly_parts *parts;
    int condition;                        /* of a Jcc, SETcc or CMOVcc; -1: it is none */
    bool held, failed;                    /* the condition: each was seen */
    uint64_t values[STATE_INPUTS_MAX][2]; /* else: of the registers that its ModR/M byte names */
    size_t count;                         /* different ones; over the most: too many */
};

/* What passed the instruction's ends, in order. */
struct state_record {
    struct state_inputs *inputs;    /* NULL: not looked at */
    struct guest_passing *passings; /* owned */
    size_t count, capacity;
    bool lost;   /* too many, or memory ran out */
    bool open;   /* the instruction that is looked at passed, and no other place has since */
    bool astray; /* it passed again while that was so: it does not always lead to another place */
};

static bool state_holds(int condition, uint64_t flags) {
    bool carry = flags & 0x1, parity = flags & 0x4, zero = flags & 0x40;
    bool sign = flags & 0x80, overflow = flags & 0x800;
    const bool even[8] = {overflow,
                          carry,
                          zero,
                          carry || zero,
                          sign,
                          parity,
                          sign != overflow,
                          zero || sign != overflow};

    return even[condition >> 1] != (condition & 1);
}

static void state_note_values(struct state_inputs *inputs, const uint64_t *registers) {
    uint8_t modrm = inputs->parts->modrm_at ? inputs->parts->bytes[inputs->parts->modrm_at] : 0xc0;
    uint64_t values[2] = {registers[modrm & 7], registers[modrm >> 3 & 7]};
    size_t at = 0;

    if (inputs->count > STATE_INPUTS_MAX)
        return;
    /* There the second field belongs to the opcode. */
    if (inputs->parts->immediate_size > 0 || inputs->parts->bytes[inputs->parts->opcode_at] >= 0xfe)
        values[1] = 0;
    while (at < inputs->count && memcmp(inputs->values[at], values, sizeof values) != 0)
        at++;
    if (at == inputs->count && at < STATE_INPUTS_MAX)
        memcpy(inputs->values[at], values, sizeof values);
    inputs->count += at == inputs->count;
}

static void state_note_input(struct state_inputs *inputs, const struct guest_passing *passing) {
    if (inputs->condition < 0)
        state_note_values(inputs, passing->registers);
    else if (state_holds(inputs->condition, passing->flags))
        inputs->held = true;
    else
        inputs->failed = true;
}

static bool state_is_direct_call(const struct disassembly_parts *parts) {
    return parts->bytes[0] == 0xe8 && parts->size == 5;
}

/* Whether the search brings the instruction all that it can ever be given: a condition that went
 * both ways; or few different values, in the registers that it names, as those are that a function
 * of the probe's own returns. A number that came from CPUID has many. */
static bool state_inputs_are_all(const struct state_inputs *inputs) {
    const struct disassembly_parts *parts = inputs->parts;
    uint8_t prefix = parts->opcode_at > 0 ? parts->bytes[parts->opcode_at - 1] : 0;
    bool names_registers =
        (parts->modrm_at > 0 && parts->bytes[parts->modrm_at] >= 0xc0) ||
        (parts->modrm_at == 0 && parts->immediate_size > 0) || /* the accumulator */
        state_is_direct_call(parts);                           /* a stub's result goes there */

    if (inputs->condition >= 0)
        return inputs->held && inputs->failed;
    if ((prefix & 0xf0) == 0x40 && (prefix & 0x05) != 0) /* REX: R8 and further are meant */
        return false;
    return names_registers && inputs->count <= STATE_INPUTS_MAX;
}

static bool state_keep(void *context, struct guest_passing *passing) {
    struct state_record *record = context;

    if (record->inputs && passing->address == record->inputs->parts->address) {
        state_note_input(record->inputs, passing);
        record->astray |= record->open;
        record->open = true;
        return false;
    }
    record->open = false;
    if (record->count == record->capacity && !record->lost) {
        size_t capacity = record->capacity ? 2 * record->capacity : 4096;
        struct guest_passing *grown =
            capacity > STATE_PASSINGS_MAX
                ? NULL
                : realloc(record->passings, capacity * sizeof *record->passings);

        record->lost = !grown;
        record->passings = grown ? grown : record->passings;
        record->capacity = grown ? capacity : record->capacity;
    }
    if (!record->lost)
        record->passings[record->count++] = *passing;
    return false;
}

/* The bits in which two records differ. */
struct state_difference {
    uint64_t registers[GUEST_WATCHED_REGISTERS], flags;
};

/* False: the two went different ways, or with `stack` left different things there. */
static bool state_compare(const struct state_record *original, const struct state_record *mutant,
                          bool stack, struct state_difference *difference) {
    memset(difference, 0, sizeof *difference);
    if (original->lost || mutant->lost || original->count == 0 || original->count != mutant->count)
        return false;
    for (size_t i = 0; i < original->count; i++) {
        const struct guest_passing *a = &original->passings[i], *b = &mutant->passings[i];

        if (a->address != b->address || (stack && a->stack != b->stack))
            return false;
        difference->flags |= a->flags ^ b->flags;
        for (unsigned k = 0; k < GUEST_WATCHED_REGISTERS; k++)
            difference->registers[k] |= a->registers[k] ^ b->registers[k];
    }
    return true;
}

static bool state_is_none(const struct state_difference *difference) {
    static const struct state_difference none;

    return memcmp(difference, &none, sizeof none) == 0;
}

/* Puts random bits where the two differ. */
struct state_noise {
    struct state_difference where;
    uint64_t random; /* not 0 */
};

static bool state_disturb(void *context, struct guest_passing *passing) {
    struct state_noise *noise = context;

    for (unsigned k = 0; k < GUEST_WATCHED_REGISTERS; k++) {
        noise->random ^= noise->random << 13;
        noise->random ^= noise->random >> 7;
        noise->random ^= noise->random << 17;
        passing->registers[k] ^= noise->random & noise->where.registers[k];
    }
    return true;
}

/* A call of what the manifest has a stub for: it returns a constant, and that is all. */
static bool state_calls_stub(const struct probe *probe, const struct disassembly_parts *parts) {
    const struct image *image = probe->image;
    uint64_t target = parts->address + parts->size;

    if (!state_is_direct_call(parts))
        return false;
    for (unsigned i = 0; i < 4; i++)
        target += (uint64_t)parts->bytes[1 + i] << 8 * i;
    if (parts->bytes[4] & 0x80)
        target -= (uint64_t)1 << 32;
    for (size_t i = 0; i < image->imports_count; i++) {
        for (size_t k = 0; k < probe->setup.stubs_count; k++) {
            if (image->imports[i].address == target &&
                strcmp(image->imports[i].name, probe->setup.stubs[k].name) == 0)
                return true;
        }
    }
    return false;
}

/* Only general registers and flags are compared: whatever changes more is not judged so, but for
 * the return address that a call leaves below the stack. */
static bool state_is_all(const struct probe *probe, const struct mutation_source *source,
                         const struct detour *detour) {
    for (size_t i = detour->first; i <= detour->last; i++) {
        const struct disassembly_parts *parts = &source->code[i];

        if (parts->class != DISASSEMBLY_NORMAL ||
            (parts->writes_memory && !state_calls_stub(probe, parts)))
            return false;
    }
    return true;
}

static bool state_begins(const struct disassembly_parts *parts, const char *const *words) {
    for (; *words; words++) {
        if (strncmp(parts->text, *words, strlen(*words)) == 0)
            return true;
    }
    return false;
}

/* Whether the code straight on writes all arithmetic flags before anything reads them. */
static bool state_flags_end(const struct mutation_source *source, size_t at) {
    static const char *const writers[] = {"add ", "and ",  "cmp ", "neg ", "or ",
                                          "sub ", "test ", "xor ", NULL};
    static const char *const others[] = {"lea ", "mov ", "movzx ", "pop ", "push ", "xchg ", NULL};

    while (at + 1 < source->count &&
           source->code[at].address + source->code[at].size == source->code[at + 1].address) {
        if (state_begins(&source->code[++at], writers))
            return true;
        if (!state_begins(&source->code[at], others))
            return false;
    }
    return false;
}

/* One comparison. */
struct state_trial {
    const struct search *search;
    const struct probe *probe;
    const struct mutation_source *source;
    const struct mutant *mutant;
    size_t *runs;
    size_t last; /* the last instruction that the mutant replaces */
    struct guest_watch watch;
    struct state_inputs inputs;
};

/* With the mutant in place: its record. False: this way cannot tell, see the header. */
static bool state_record_mutant(struct state_trial *trial, struct state_record *record) {
    struct detour detour;
    bool recorded;

    if (!detour_apply(&detour, trial->probe->image, trial->source, trial->mutant))
        return false;
    trial->last = detour.last;
    trial->watch.context = record;
    trial->watch.addresses_count =
        detour_exits(&detour, trial->source, trial->watch.addresses, GUEST_WATCHED_MAX - 1);
    recorded = trial->watch.addresses_count > 0 &&
               state_is_all(trial->probe, trial->source, &detour) &&
               search_watch(trial->search, trial->probe, &trial->watch, trial->runs);
    detour_undo(&detour);
    return recorded;
}

static bool state_record_original(struct state_trial *trial, struct state_record *record) {
    struct guest_watch watch = trial->watch;

    watch.addresses[watch.addresses_count++] = trial->inputs.parts->address;
    watch.context = record;
    record->inputs = &trial->inputs;
    return search_watch(trial->search, trial->probe, &watch, trial->runs);
}

static enum audit_state state_judge(struct state_trial *trial, const struct state_record *original,
                                    const struct state_record *mutant) {
    struct state_noise noise = {.random = STATE_SEED};

    if (!state_compare(original, mutant, false, &noise.where))
        return AUDIT_STATE_UNKNOWN;
    if (state_is_none(&noise.where))
        return state_inputs_are_all(&trial->inputs) ? AUDIT_STATE_SAME : AUDIT_STATE_UNKNOWN;
    if ((noise.where.flags != 0 && !state_flags_end(trial->source, trial->last)) ||
        noise.where.registers[GUEST_WATCHED_STACK] != 0)
        return AUDIT_STATE_UNKNOWN;
    trial->watch.pass = state_disturb;
    trial->watch.context = &noise;
    return search_watch(trial->search, trial->probe, &trial->watch, trial->runs)
               ? AUDIT_STATE_UNUSED
               : AUDIT_STATE_UNKNOWN;
}

/* --- Other ways to the same place. --- */

/* Whether the mutant comes to a place in the code whenever the original does, in the same state but
 * for registers and data of the probe's own that make no difference when they are random; and
 * whether the original always comes there from the instruction. */
static bool state_meets_at(struct state_trial *trial, size_t at, size_t *passings) {
    struct state_record original = {.inputs = &trial->inputs}, mutant = {0};
    struct state_noise noise = {.random = STATE_SEED};
    struct guest_watch watch = {.addresses = {trial->source->code[at].address},
                                .addresses_count = 1,
                                .pass = state_keep,
                                .context = &mutant};
    struct detour detour;
    bool meets = detour_apply(&detour, trial->probe->image, trial->source, trial->mutant);

    if (meets) {
        meets = (at < detour.first || at > detour.last) &&
                search_watch(trial->search, trial->probe, &watch, trial->runs);
        detour_undo(&detour);
    }
    watch.addresses[watch.addresses_count++] = trial->inputs.parts->address;
    watch.context = &original;
    meets = meets && search_watch(trial->search, trial->probe, &watch, trial->runs) &&
            !original.astray && !original.open && state_inputs_are_all(&trial->inputs) &&
            state_compare(&original, &mutant, true, &noise.where) &&
            (noise.where.flags == 0 || state_flags_end(trial->source, at)) &&
            noise.where.registers[GUEST_WATCHED_STACK] == 0;
    watch.addresses_count = 1;
    watch.pass = state_disturb;
    watch.context = &noise;
    watch.noise = STATE_SEED;
    meets = meets && search_watch(trial->search, trial->probe, &watch, trial->runs);
    *passings = original.count;
    free(original.passings);
    free(mutant.passings);
    return meets;
}

/* The first place that CPUID is executed at behind the instruction is where ways meet. */
static bool state_meets(struct state_trial *trial, size_t *passings) {
    for (size_t at = trial->mutant->at + 1; at < trial->source->count; at++) {
        if (trial->source->code[at].is_cpuid)
            return state_meets_at(trial, at, passings);
    }
    return false;
}

enum audit_state audit_state_compare(const struct search *search, const struct probe *probe,
                                     const struct mutation_source *source,
                                     const struct mutant *mutant, size_t *runs, char *text,
                                     size_t size) {
    const struct disassembly_parts *parts = &source->code[mutant->at];
    struct state_record original = {0}, changed = {0};
    struct state_trial trial = {
        .search = search,
        .probe = probe,
        .source = source,
        .mutant = mutant,
        .runs = runs,
        .watch = {.pass = state_keep},
        .inputs = {.parts = parts, .condition = mutations_condition(parts)}};
    enum audit_state state = AUDIT_STATE_UNKNOWN;
    size_t passings;

    if (state_record_mutant(&trial, &changed) && state_record_original(&trial, &original))
        state = state_judge(&trial, &original, &changed);
    if (state == AUDIT_STATE_UNKNOWN) {
        trial.inputs = (struct state_inputs){.parts = parts, .condition = trial.inputs.condition};
        state = state_meets(&trial, &passings) ? AUDIT_STATE_MEETS : AUDIT_STATE_UNKNOWN;
    }
    if (state == AUDIT_STATE_SAME && trial.inputs.condition >= 0)
        snprintf(text, size, "it went both ways, %zu passings", original.count);
    else if (state == AUDIT_STATE_SAME)
        snprintf(text, size, "it is given %zu different values, in %zu passings",
                 trial.inputs.count, original.count);
    else if (state == AUDIT_STATE_UNUSED)
        snprintf(text, size, "compared in %zu passings", original.count);
    else if (state == AUDIT_STATE_MEETS)
        snprintf(text, size, "compared in %zu passings", passings);
    free(original.passings);
    free(changed.passings);
    return state;
}
