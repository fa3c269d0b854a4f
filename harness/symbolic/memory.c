/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/memory.h"

/*
 * Memory: what may be read and written, and what is there. A space with a base that is not known
 * lies apart from all others: that is what an address is taken for that is its base and a number.
 */
#define STACK_BELOW ((int64_t)GUEST_STACK_KIB * 1024 - 8192)
#define STACK_ABOVE 4096 /* of the callers' frames: may be read */

/* What to do at an address; NULL in `why`: it is allowed. */
struct machine_access {
    enum machine_space space;
    int64_t offset;
    const char *why;
};

static const struct image_segment *machine_segment(const struct machine *machine,
                                                   uint64_t address) {
    const struct image *image = machine->options.image;

    for (size_t i = 0; i < image->segments_count; i++) {
        const struct image_segment *segment = &image->segments[i];

        if (address >= segment->address && address - segment->address < segment->size)
            return segment;
    }
    return NULL;
}

void machine_see_image(const struct machine *machine, enum machine_space *space, int64_t *offset) {
    uint64_t address = (uint64_t)*offset & term_mask(machine->word);
    const struct image_segment *segment;

    if (*space != MACHINE_THREAD ||
        (*offset >= -machine_tls_below(machine) && *offset < (int64_t)GUEST_THREAD_SIZE))
        return;
    segment = machine_segment(machine, address);
    if (!segment || segment->permissions & IMAGE_EXECUTE)
        return;
    *space = MACHINE_STATIC;
    *offset = (int64_t)address;
}

int64_t machine_signed(const struct machine *machine, uint64_t number) {
    return (int64_t)(number << (64 - machine->word)) >> (64 - machine->word);
}

bool machine_locate(const struct machine *machine, term_id address, enum machine_space *space,
                    int64_t *offset) {
    const struct term *term = term_get(machine->terms, address);
    uint64_t number = 0;
    term_id base = address;
    size_t piece;

    if (term->op == TERM_NUMBER) {
        *space = MACHINE_STATIC;
        *offset = (int64_t)term->number;
        return true;
    }
    if (term->op == TERM_ADD && term_is_number(machine->terms, term->b, &number))
        base = term->a;
    *offset = machine_signed(machine, number);
    for (unsigned i = MACHINE_STATIC + 1; i < MACHINE_SPACES; i++) {
        if (machine->bases[i] == base) {
            *space = i;
            machine_see_image(machine, space, offset);
            return true;
        }
    }
    piece = machine_heap_find(machine, base);
    if (piece == SIZE_MAX)
        return false;
    *space = MACHINE_HEAP;
    *offset = machine_heap_offset(piece, *offset);
    return true;
}

/* The buffer, and behind it the goroutine of Go's code. */
static int64_t memory_context_size(const struct machine *machine) {
    const bool is_go = guest_convention(machine->options.setup->abi)->is_go;

    return (int64_t)GUEST_CONTEXT_SIZE + (is_go ? (int64_t)IMAGE_PAGE : 0);
}

static const char *machine_may_read(const struct machine *machine,
                                    const struct machine_state *state, enum machine_space space,
                                    int64_t offset) {
    const struct image_segment *segment;

    switch (space) {
    case MACHINE_STATIC:
        segment = machine_segment(machine, (uint64_t)offset);
        return segment && segment->permissions & IMAGE_READ ? NULL
                                                            : "reads memory that is not there";
    case MACHINE_STACK:
        return offset >= -STACK_BELOW && offset < STACK_ABOVE ? NULL : "reads outside the stack";
    case MACHINE_OUT:
        return offset >= 0 && offset < (int64_t)GUEST_OUT_SIZE ? NULL : "reads outside the buffer";
    case MACHINE_THREAD:
        return offset >= -machine_tls_below(machine) && offset < (int64_t)GUEST_THREAD_SIZE
                   ? NULL
                   : "reads outside its thread-local data";
    case MACHINE_HEAP:
        return machine_heap_has(machine, state, offset)
                   ? NULL
                   : "reads beside memory that it has taken, or gave back";
    case MACHINE_CONTEXT:
        return offset >= 0 && offset < memory_context_size(machine) ? NULL
                                                                    : "reads outside the context";
    case MACHINE_START:
        return offset >= 0 && offset < (int64_t)IMAGE_PAGE ? NULL
                                                           : "reads outside a program's arguments";
    default:
        return offset >= 0 && offset < (int64_t)IMAGE_PAGE ? NULL : "reads outside a string";
    }
}

static const char *machine_may_write(const struct machine *machine,
                                     const struct machine_state *state, enum machine_space space,
                                     int64_t offset) {
    const struct image_segment *segment;

    switch (space) {
    case MACHINE_STATIC:
        segment = machine_segment(machine, (uint64_t)offset);
        if (!segment || !(segment->permissions & IMAGE_WRITE) ||
            (uint64_t)offset < segment->own_first || (uint64_t)offset > segment->own_last)
            return "writes memory that is not its own";
        return segment->permissions & IMAGE_EXECUTE && !machine->options.image->is_flat
                   ? "writes where code is"
                   : NULL;
    case MACHINE_STACK:
        return machine_may_read(machine, state, space, offset) ? "writes outside the stack" : NULL;
    case MACHINE_OUT:
        return machine_may_read(machine, state, space, offset) ? "writes outside the buffer" : NULL;
    case MACHINE_THREAD:
        return machine_may_read(machine, state, space, offset) == NULL &&
                       (offset < 0 || offset >= (int64_t)GUEST_THREAD_KNOWN)
                   ? NULL
                   : "writes outside its thread-local data";
    case MACHINE_HEAP:
        return machine_may_read(machine, state, space, offset)
                   ? "writes beside memory that it has taken, or gave back"
                   : NULL;
    case MACHINE_CONTEXT:
        return machine_may_read(machine, state, space, offset) ? "writes outside the context"
                                                               : NULL;
    default:
        return "writes to a constant";
    }
}

/* --- Bytes. --- */

/* Bytes that are not known are noted when they are first seen, so that they stay the same. */
static struct machine_cell machine_byte(struct machine *machine, struct machine_state *state,
                                        enum machine_space space, int64_t offset) {
    struct machine_cell cell = machine_get_cell(&state->spaces[space], offset);

    if (cell.value)
        return cell;
    cell = machine_first_byte(machine, space, offset);
    if (space != MACHINE_STATIC && space != MACHINE_STRINGS)
        machine_set_cell(machine, &state->spaces[space], offset, cell);
    return cell;
}

term_id machine_bytes(struct machine *machine, const struct machine_state *state,
                      enum machine_space space, int64_t offset, unsigned bytes) {
    struct machine_cell cells[8];

    for (unsigned i = 0; i < bytes; i++) {
        if (machine_may_read(machine, state, space, offset + i))
            return 0;
        cells[i] = machine_get_cell(&state->spaces[space], offset + i);
        if (!cells[i].value)
            cells[i] = machine_first_byte(machine, space, offset + i);
    }
    return machine_join_cells(machine, cells, bytes);
}

term_id machine_resolved(struct machine *machine, const struct machine_state *state,
                         int64_t offset) {
    struct machine_cell cells[8];

    for (unsigned i = 0; i < machine->layout->word; i++)
        cells[i] = machine_get_cell(&state->spaces[MACHINE_THREAD], offset + i);
    return cells[0].value ? machine_join_cells(machine, cells, machine->layout->word)
                          : machine_garbage(machine, machine->word);
}

struct machine_cell machine_cell_at(const struct machine_state *state, enum machine_space space,
                                    int64_t offset) {
    return machine_get_cell(&state->spaces[space], offset);
}

bool machine_poke(struct machine *machine, struct machine_state *state, enum machine_space space,
                  int64_t offset, struct machine_cell cell) {
    machine_set_cell(machine, &state->spaces[space], offset, cell);
    return !machine->failed;
}

/* --- One place. --- */

term_id machine_load_at(struct machine *machine, struct machine_state *state,
                        enum machine_space space, int64_t offset, unsigned bytes,
                        const char **why) {
    struct machine_cell cells[8];

    for (unsigned i = 0; i < bytes; i++) {
        *why = machine_may_read(machine, state, space, offset + i);
        if (*why)
            return 0;
    }
    for (unsigned i = 0; i < bytes; i++)
        cells[i] = machine_byte(machine, state, space, offset + i);
    return machine_join_cells(machine, cells, bytes);
}

/* Notes a write where the answer is to be, wherever that is watched. */
static void machine_note_answer(struct machine *machine, struct machine_state *state,
                                enum machine_space space, int64_t offset, unsigned bytes,
                                term_id condition) {
    const struct guest_setup *setup = machine->options.setup;
    const struct guest_place *place = &setup->answer;
    bool is_out = place->kind == GUEST_OUT && space == MACHINE_OUT;
    bool is_memory = place->kind == GUEST_MEMORY && space == MACHINE_STATIC;
    int64_t at = is_out ? (int64_t)place->offset : (int64_t)place->address;

    if (setup->may_be_unwritten && (is_out || is_memory) && offset < at + place->width &&
        at < offset + bytes)
        state->answered = term_or(machine->terms, state->answered,
                                  condition ? condition : term_true(machine->terms));
}

const char *machine_store_at(struct machine *machine, struct machine_state *state,
                             enum machine_space space, int64_t offset, term_id value,
                             term_id condition) {
    unsigned bytes = term_width(machine->terms, value) / 8;
    const char *why;

    for (unsigned i = 0; i < bytes; i++) {
        why = machine_may_write(machine, state, space, offset + i);
        if (why)
            return why;
    }
    for (unsigned i = 0; i < bytes; i++) {
        struct machine_cell cell = {value, (uint8_t)i};

        if (condition) {
            struct machine_cell before = machine_byte(machine, state, space, offset + i);
            term_id old = term_extract(machine->terms, before.value, 8u * before.byte, 8);

            cell.value = term_choose(machine->terms, condition,
                                     term_extract(machine->terms, value, 8 * i, 8), old);
            cell.byte = 0;
        }
        machine_set_cell(machine, &state->spaces[space], offset + i, cell);
    }
    if (space == MACHINE_STACK && offset + bytes > machine->frame_end)
        state->notes |= MACHINE_FRAME;
    /* Nobody finds what this call has taken unless it leaves word of where that is. */
    if (machine_outlives(space) &&
        !(space == MACHINE_HEAP && machine_piece_at(offset) >= machine->pieces_before))
        state->notes |= MACHINE_STORED;
    machine_note_answer(machine, state, space, offset, bytes, condition);
    return NULL;
}
