/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/internal.h"

#include <stdlib.h>
#include <string.h>

void machine_end_at(struct machine_state *state, enum machine_end end, const char *reason) {
    if (state->end != MACHINE_RUNS)
        return;
    state->end = end;
    state->reason = reason;
    state->at = state->pc;
}

bool machine_push_term(struct machine_terms *terms, term_id id) {
    if (terms->count == terms->capacity) {
        size_t capacity = terms->capacity ? 2 * terms->capacity : 16;
        term_id *ids = realloc(terms->ids, capacity * sizeof *ids);

        if (!ids)
            return false;
        terms->ids = ids;
        terms->capacity = capacity;
    }
    terms->ids[terms->count++] = id;
    return true;
}

term_id machine_garbage(struct machine *machine, unsigned width) {
    term_id id = term_unknown(machine->terms, width);
    size_t index = terms_unknowns(machine->terms);

    if (index > machine->garbage_capacity) {
        size_t capacity = 2 * index + 256;
        uint8_t *garbage = realloc(machine->garbage, capacity);

        if (!garbage) {
            machine->failed = true;
            return id;
        }
        memset(garbage + machine->garbage_capacity, 0, capacity - machine->garbage_capacity);
        machine->garbage = garbage;
        machine->garbage_capacity = capacity;
    }
    machine->garbage[index - 1] = 1;
    return id;
}

bool machine_is_garbage(const struct machine *machine, size_t unknown) {
    return unknown < machine->garbage_capacity && machine->garbage[unknown];
}

/* --- Bytes by offset. --- */

static size_t machine_slot(const struct machine_memory *memory, int64_t offset) {
    uint64_t hash = (uint64_t)offset * 0x9e3779b97f4a7c15u;
    size_t at = (size_t)(hash >> 32) & (memory->capacity - 1);

    while (memory->cells[at].value && memory->offsets[at] != offset)
        at = (at + 1) & (memory->capacity - 1);
    return at;
}

static bool machine_memory_grow(struct machine_memory *memory) {
    struct machine_memory grown = {.capacity = memory->capacity ? 2 * memory->capacity : 64};

    grown.offsets = malloc(grown.capacity * sizeof *grown.offsets);
    grown.cells = calloc(grown.capacity, sizeof *grown.cells);
    if (!grown.offsets || !grown.cells) {
        free(grown.offsets);
        free(grown.cells);
        return false;
    }
    for (size_t i = 0; i < memory->capacity; i++) {
        if (memory->cells[i].value) {
            size_t at = machine_slot(&grown, memory->offsets[i]);

            grown.offsets[at] = memory->offsets[i];
            grown.cells[at] = memory->cells[i];
        }
    }
    grown.count = memory->count;
    free(memory->offsets);
    free(memory->cells);
    *memory = grown;
    return true;
}

void machine_set_cell(struct machine *machine, struct machine_memory *memory, int64_t offset,
                      struct machine_cell cell) {
    size_t at;

    if (2 * (memory->count + 1) > memory->capacity && !machine_memory_grow(memory)) {
        machine->failed = true;
        return;
    }
    at = machine_slot(memory, offset);
    if (!memory->cells[at].value)
        memory->count++;
    memory->offsets[at] = offset;
    memory->cells[at] = cell;
}

struct machine_cell machine_get_cell(const struct machine_memory *memory, int64_t offset) {
    if (memory->capacity == 0)
        return (struct machine_cell){0};
    return memory->cells[machine_slot(memory, offset)];
}

static bool machine_copy_memory(struct machine_memory *to, const struct machine_memory *from) {
    *to = (struct machine_memory){.count = from->count, .capacity = from->capacity};
    if (from->capacity == 0)
        return true;
    to->offsets = malloc(from->capacity * sizeof *to->offsets);
    to->cells = malloc(from->capacity * sizeof *to->cells);
    if (!to->offsets || !to->cells)
        return false;
    memcpy(to->offsets, from->offsets, from->capacity * sizeof *to->offsets);
    memcpy(to->cells, from->cells, from->capacity * sizeof *to->cells);
    return true;
}

/* --- Cells and terms. --- */

term_id machine_join_cells(struct machine *machine, const struct machine_cell *cells,
                           unsigned count) {
    struct terms *terms = machine->terms;
    term_id value = 0;
    unsigned at = 0;

    while (at < count) {
        unsigned run = 1;
        term_id part;

        while (at + run < count && cells[at + run].value == cells[at].value &&
               cells[at + run].byte == cells[at].byte + run)
            run++;
        part = term_extract(terms, cells[at].value, 8u * cells[at].byte, 8 * run);
        value = value ? term_binary(terms, TERM_JOIN, part, value) : part;
        at += run;
    }
    return value;
}

/* `bytes` is at most 8. */
term_id machine_read_registers(struct machine *machine, const struct machine_state *state,
                               unsigned offset, unsigned bytes) {
    return machine_join_cells(machine, &state->registers[offset], bytes);
}

void machine_write_registers(struct machine *machine, struct machine_state *state, unsigned offset,
                             term_id value) {
    unsigned bytes = term_width(machine->terms, value) / 8;

    for (unsigned i = 0; i < bytes; i++)
        state->registers[offset + i] = (struct machine_cell){value, (uint8_t)i};
}

term_id machine_register(struct machine *machine, const struct machine_state *state, unsigned reg,
                         unsigned from, unsigned bytes) {
    return machine_read_registers(machine, state, machine->layout->general[reg] + from, bytes);
}

/* --- States. --- */

static void *machine_duplicate(const void *from, size_t size) {
    void *to = malloc(size ? size : 1);

    if (to && size)
        memcpy(to, from, size);
    return to;
}

static bool machine_copy_terms(struct machine_terms *to, const struct machine_terms *from) {
    *to = (struct machine_terms){.count = from->count, .capacity = from->count};
    to->ids = machine_duplicate(from->ids, from->count * sizeof *from->ids);
    return to->ids != NULL;
}

struct machine_state *machine_copy(const struct machine *machine,
                                   const struct machine_state *state) {
    struct machine_state *copy = malloc(sizeof *copy);
    bool copied;

    if (!copy)
        return NULL;
    *copy = *state;
    memset(copy->spaces, 0, sizeof copy->spaces);
    copy->reads_capacity = copy->reads_count;
    copy->leaves_capacity = copy->leaves_count;
    copy->frames_capacity = copy->frames_count;
    copy->registers =
        machine_duplicate(state->registers, machine->layout->size * sizeof *state->registers);
    copy->reads = machine_duplicate(state->reads, state->reads_count * sizeof *state->reads);
    copy->leaves = machine_duplicate(state->leaves, state->leaves_count * sizeof *state->leaves);
    copy->frames = machine_duplicate(state->frames, state->frames_count * sizeof *state->frames);
    copy->values = machine_duplicate(state->values, state->values_count * sizeof *state->values);
    copied = machine_copy_terms(&copy->path, &state->path);
    copied &= machine_copy_terms(&copy->axioms, &state->axioms);
    copied &= machine_copy_terms(&copy->freed, &state->freed);
    for (unsigned i = 0; i < MACHINE_SPACES; i++)
        copied &= machine_copy_memory(&copy->spaces[i], &state->spaces[i]);
    if (copied && copy->registers && copy->reads && copy->leaves && copy->frames && copy->values)
        return copy;
    machine_state_free(copy);
    return NULL;
}

void machine_state_free(struct machine_state *state) {
    if (!state)
        return;
    for (unsigned i = 0; i < MACHINE_SPACES; i++) {
        free(state->spaces[i].offsets);
        free(state->spaces[i].cells);
    }
    free(state->registers);
    free(state->path.ids);
    free(state->axioms.ids);
    free(state->freed.ids);
    free(state->reads);
    free(state->leaves);
    free(state->frames);
    free(state->values);
    free(state);
}
