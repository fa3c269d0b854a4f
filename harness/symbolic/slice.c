/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * Which conditions bear on a question: those that speak of an unknown that it speaks of, or that
 * another such condition does. The rest holds for values of its own, whatever these are.
 */
struct slice_list {
    size_t *unknowns; /* NULL with a count of 0: none, or not known yet */
    size_t count, capacity;
    bool is_known, failed;
};

struct machine_slices {
    struct slice_list *lists; /* by term */
    size_t lists_capacity;
    uint8_t *marks; /* by unknown: the slice speaks of it */
    size_t marks_capacity;
};

static bool slice_note(void *context, size_t unknown) {
    struct slice_list *list = context;

    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 8;
        size_t *unknowns = realloc(list->unknowns, capacity * sizeof *unknowns);

        list->failed |= !unknowns;
        if (!unknowns)
            return true;
        list->unknowns = unknowns;
        list->capacity = capacity;
    }
    list->unknowns[list->count++] = unknown;
    return false;
}

static bool slice_reserve(struct machine_slices *slices, size_t terms, size_t unknowns) {
    if (terms >= slices->lists_capacity) {
        size_t capacity = 2 * terms + 1024;
        struct slice_list *lists = realloc(slices->lists, capacity * sizeof *lists);

        if (!lists)
            return false;
        memset(lists + slices->lists_capacity, 0,
               (capacity - slices->lists_capacity) * sizeof *lists);
        slices->lists = lists;
        slices->lists_capacity = capacity;
    }
    if (unknowns >= slices->marks_capacity) {
        uint8_t *marks = realloc(slices->marks, 2 * unknowns + 1024);

        if (!marks)
            return false;
        slices->marks = marks;
        slices->marks_capacity = 2 * unknowns + 1024;
    }
    return true;
}

/* The unknowns that a term speaks of. NULL: out of memory. */
static const struct slice_list *slice_of(struct machine *machine, term_id id) {
    struct machine_slices *slices = machine->slices;
    struct slice_list *list;

    if (!slice_reserve(slices, id, terms_unknowns(machine->terms)))
        return NULL;
    list = &slices->lists[id];
    if (!list->is_known) {
        term_mentions(machine->terms, id, slice_note, list);
        list->is_known = true;
    }
    return list->failed ? NULL : list;
}

static bool slice_mark(struct machine *machine, term_id id) {
    const struct slice_list *list = slice_of(machine, id);

    for (size_t i = 0; list && i < list->count; i++)
        machine->slices->marks[list->unknowns[i]] = 1;
    return list != NULL;
}

static bool slice_touches(const struct machine_slices *slices, const struct slice_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        if (slices->marks[list->unknowns[i]])
            return true;
    }
    return list->count == 0; /* of numbers alone: kept as it is */
}

bool machine_slice(struct machine *machine, term_id condition, const term_id *conditions,
                   size_t count, bool *taken) {
    bool grows = true;

    if (!machine->slices) {
        machine->slices = calloc(1, sizeof *machine->slices);
        if (!machine->slices)
            return false;
    }
    if (!slice_reserve(machine->slices, condition, terms_unknowns(machine->terms)))
        return false;
    memset(machine->slices->marks, 0, machine->slices->marks_capacity);
    memset(taken, 0, count * sizeof *taken);
    if (!slice_mark(machine, condition))
        return false;
    while (grows) {
        grows = false;
        for (size_t i = 0; i < count; i++) {
            const struct slice_list *list = taken[i] ? NULL : slice_of(machine, conditions[i]);

            if (!taken[i] && !list)
                return false;
            if (taken[i] || !slice_touches(machine->slices, list))
                continue;
            taken[i] = grows = true;
            slice_mark(machine, conditions[i]);
        }
    }
    return true;
}

bool machine_slice_has(const struct machine *machine, size_t unknown) {
    return unknown < machine->slices->marks_capacity && machine->slices->marks[unknown];
}

void machine_slices_free(struct machine_slices *slices) {
    if (!slices)
        return;
    for (size_t i = 0; i < slices->lists_capacity; i++)
        free(slices->lists[i].unknowns);
    free(slices->lists);
    free(slices->marks);
    free(slices);
}
