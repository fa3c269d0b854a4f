/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * Two paths as one: what differs is chosen by the condition that tells them apart. It has to hold
 * for each input that it says of one of them what the machine does there.
 */
#define MERGE_BOUNDS_MAX 4u /* of one path */

struct merge {
    struct machine *machine;
    term_id first; /* the input takes the first path */
    const struct machine_terms *paths[2];
    size_t same; /* conditions that both begin with */
};

static term_id merge_all(struct machine *machine, const struct machine_terms *path, size_t from) {
    term_id all = machine_bound_all(machine, path->ids + from, path->count - from);

    if (all)
        return all;
    all = term_true(machine->terms);

    for (size_t i = from; i < path->count; i++)
        all = term_and(machine->terms, all, path->ids[i]);
    return all;
}

static struct machine_cell merge_cell(const struct merge *merge, struct machine_cell a,
                                      struct machine_cell b) {
    struct terms *terms = merge->machine->terms;

    if (a.value == b.value && a.byte == b.byte)
        return a;
    return (struct machine_cell){term_choose(terms, merge->first,
                                             term_extract(terms, a.value, 8u * a.byte, 8),
                                             term_extract(terms, b.value, 8u * b.byte, 8)),
                                 0};
}

/* Cells from `at` on that hold a whole value on both sides, of the same width: chosen as a whole.
 * Returns how many bytes that were; 0: they are not such. */
static unsigned merge_whole(const struct merge *merge, struct machine_cell *a,
                            const struct machine_cell *b, unsigned room) {
    struct terms *terms = merge->machine->terms;
    unsigned bytes = term_width(terms, a[0].value) / 8;
    term_id whole;

    if (a[0].byte != 0 || b[0].byte != 0 || term_width(terms, b[0].value) / 8 != bytes ||
        bytes > room)
        return 0;
    for (unsigned i = 1; i < bytes; i++) {
        if (a[i].value != a[0].value || a[i].byte != i || b[i].value != b[0].value ||
            b[i].byte != i)
            return 0;
    }
    whole = term_choose(terms, merge->first, a[0].value, b[0].value);
    for (unsigned i = 0; i < bytes; i++)
        a[i] = (struct machine_cell){whole, (uint8_t)i};
    return bytes;
}

static void merge_registers(const struct merge *merge, struct machine_state *a,
                            const struct machine_state *b) {
    unsigned size = merge->machine->layout->size, at = 0;

    while (at < size) {
        unsigned bytes = merge_whole(merge, &a->registers[at], &b->registers[at], size - at);

        if (bytes == 0) {
            a->registers[at] = merge_cell(merge, a->registers[at], b->registers[at]);
            bytes = 1;
        }
        at += bytes;
    }
}

/* A byte that only one side has noted: on the other it is as it was found. */
static struct machine_cell merge_found(const struct merge *merge,
                                       const struct machine_memory *memory,
                                       enum machine_space space, int64_t offset) {
    struct machine_cell cell = machine_get_cell(memory, offset);

    return cell.value ? cell : machine_first_byte(merge->machine, space, offset);
}

static int merge_compare(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* All offsets that either side has noted, in order. */
static size_t merge_offsets(const struct machine_memory *a, const struct machine_memory *b,
                            int64_t **offsets) {
    size_t count = 0;

    *offsets = malloc((a->count + b->count + 1) * sizeof **offsets);
    if (!*offsets)
        return 0;
    for (size_t i = 0; i < a->capacity; i++) {
        if (a->cells[i].value)
            (*offsets)[count++] = a->offsets[i];
    }
    for (size_t i = 0; i < b->capacity; i++) {
        if (b->cells[i].value && !machine_get_cell(a, b->offsets[i]).value)
            (*offsets)[count++] = b->offsets[i];
    }
    qsort(*offsets, count, sizeof **offsets, merge_compare);
    return count;
}

static void merge_space(const struct merge *merge, struct machine_state *a,
                        const struct machine_state *b, enum machine_space space) {
    int64_t *offsets;
    size_t count = merge_offsets(&a->spaces[space], &b->spaces[space], &offsets), i = 0;

    if (!offsets) {
        merge->machine->failed = true;
        return;
    }
    while (i < count) {
        struct machine_cell ours[8], theirs[8];
        unsigned room = 0, bytes;

        while (room < 8 && i + room < count && offsets[i + room] == offsets[i] + room) {
            ours[room] = merge_found(merge, &a->spaces[space], space, offsets[i] + room);
            theirs[room] = merge_found(merge, &b->spaces[space], space, offsets[i] + room);
            room++;
        }
        bytes = merge_whole(merge, ours, theirs, room);
        if (bytes == 0) {
            ours[0] = merge_cell(merge, ours[0], theirs[0]);
            bytes = 1;
        }
        for (unsigned k = 0; k < bytes; k++)
            machine_set_cell(merge->machine, &a->spaces[space], offsets[i] + k, ours[k]);
        i += bytes;
    }
    free(offsets);
}

/* The same CPUID, whenever it happens. */
static bool merge_read_same(const struct machine_read *a, const struct machine_read *b) {
    return a->leaf == b->leaf && a->subleaf == b->subleaf && a->index == b->index &&
           a->address == b->address && a->question == b->question;
}

/* A read's guard on either path, for an input that takes one of them: the ways out of a loop each
 * bound one number, and so do the guards, which stay bounds. 0: they do not. */
static term_id merge_bounds(const struct merge *merge, term_id a, term_id b) {
    struct terms *terms = merge->machine->terms;
    const term_id guards[2] = {a, b};
    term_id lists[2][MERGE_BOUNDS_MAX + 1];
    size_t counts[2] = {0, 0};

    for (unsigned side = 0; side < 2; side++) {
        const struct machine_terms *path = merge->paths[side];
        size_t count = path->count - merge->same;
        uint64_t number;

        if (count > MERGE_BOUNDS_MAX)
            return 0;
        if (count > 0)
            memcpy(lists[side], path->ids + merge->same, count * sizeof(term_id));
        if (!term_is_number(terms, guards[side], &number))
            lists[side][count++] = guards[side];
        else if (!number)
            return 0;
        counts[side] = count;
    }
    return machine_bound_either(merge->machine, lists[0], counts[0], lists[1], counts[1]);
}

static term_id merge_guard(const struct merge *merge, term_id a, term_id b) {
    term_id bounds = a == b ? a : merge_bounds(merge, a, b);

    return bounds ? bounds : term_choose(merge->machine->terms, merge->first, a, b);
}

/* Those that are the same on both sides as far as both go, under the condition of either; then each
 * side's others under its own. */
static void merge_reads(const struct merge *merge, struct machine_state *a,
                        const struct machine_state *b) {
    struct terms *terms = merge->machine->terms;
    size_t same = 0, total;
    struct machine_read *reads;

    while (same < a->reads_count && same < b->reads_count &&
           merge_read_same(&a->reads[same], &b->reads[same])) {
        a->reads[same].guard = merge_guard(merge, a->reads[same].guard, b->reads[same].guard);
        same++;
    }
    total = a->reads_count + (b->reads_count - same);
    reads = realloc(a->reads, (total + 1) * sizeof *reads);
    if (!reads) {
        merge->machine->failed = true;
        return;
    }
    a->reads = reads;
    a->reads_capacity = total + 1;
    for (size_t i = same; i < a->reads_count; i++)
        reads[i].guard = term_and(terms, merge->first, reads[i].guard);
    for (size_t i = same; i < b->reads_count; i++) {
        reads[a->reads_count] = b->reads[i];
        reads[a->reads_count++].guard =
            term_and(terms, term_not(terms, merge->first), b->reads[i].guard);
    }
}

/* What the callback was called with is not known where it was not called. */
static void merge_answers(const struct merge *merge, struct machine_state *a,
                          const struct machine_state *b) {
    struct terms *terms = merge->machine->terms;

    a->answered = term_choose(terms, merge->first, a->answered, b->answered);
    for (unsigned i = 0; i < 2; i++) {
        term_id ours = a->callback[i], theirs = b->callback[i];

        if (ours || theirs)
            a->callback[i] =
                term_choose(terms, merge->first, ours ? ours : machine_garbage(merge->machine, 64),
                            theirs ? theirs : machine_garbage(merge->machine, 64));
    }
}

/* What was given back on either path is not used on the other one either. */
static void merge_freed(const struct merge *merge, struct machine_state *a,
                        const struct machine_state *b) {
    for (size_t i = 0; i < b->freed.count; i++)
        merge->machine->failed |= !machine_push_term(&a->freed, b->freed.ids[i]);
}

static void merge_leaves(const struct merge *merge, struct machine_state *a,
                         const struct machine_state *b) {
    for (size_t i = 0; i < b->leaves_count; i++) {
        const struct machine_leaf leaf = merge->machine->leaves[b->leaves[i]];
        unsigned index;

        if (!machine_leaf_of(merge->machine, a, leaf.leaf, leaf.subleaf, &index))
            merge->machine->failed = true;
    }
}

/* What holds on either of two paths from where they part. Where one goes on from what the other one
 * turned away from, as the ways out of a loop do, that need not be said twice. */
static term_id merge_either(struct machine *machine, const struct machine_state *a,
                            const struct machine_state *b, size_t same, term_id first,
                            term_id second) {
    struct terms *terms = machine->terms;
    term_id before = term_true(terms);
    term_id bound = machine_bound_either(machine, a->path.ids + same, a->path.count - same,
                                         b->path.ids + same, b->path.count - same);

    if (bound)
        return bound;
    if (a->path.count != same + 1)
        return term_or(terms, first, second);
    for (size_t i = same; i < b->path.count; i++) {
        if (before == term_not(terms, first)) {
            term_id rest = merge_all(machine, &b->path, i);

            return term_not(terms, term_and(terms, before, term_not(terms, rest)));
        }
        before = term_and(terms, before, b->path.ids[i]);
    }
    return before == term_not(terms, first) ? term_true(terms) : term_or(terms, first, second);
}

/* What holds on both paths comes first on both. Returns how much that is. */
static size_t merge_sort_path(struct machine_terms *path, const struct machine_terms *other,
                              term_id *rest) {
    size_t same = 0, left = 0;

    for (size_t i = 0; i < path->count; i++) {
        bool is_shared = false;

        for (size_t k = 0; k < other->count && !is_shared; k++)
            is_shared = other->ids[k] == path->ids[i];
        if (is_shared)
            path->ids[same++] = path->ids[i];
        else
            rest[left++] = path->ids[i];
    }
    if (left > 0)
        memcpy(path->ids + same, rest, left * sizeof *rest);
    return same;
}

/* Those of `b` are as true of any table. */
static void merge_axioms(const struct merge *merge, struct machine_state *a,
                         const struct machine_state *b) {
    for (size_t i = 0; i < b->axioms.count; i++)
        machine_axiom(merge->machine, a, b->axioms.ids[i]);
}

void machine_merge(struct machine *machine, struct machine_state *a, struct machine_state *b,
                   bool between_calls) {
    struct merge merge = {.machine = machine};
    size_t longer = a->path.count > b->path.count ? a->path.count : b->path.count, same;
    term_id first, second, *rest = malloc((longer + 1) * sizeof *rest);

    if (!rest) {
        machine->failed = true;
        machine_state_free(b);
        return;
    }
    same = merge_sort_path(&a->path, &b->path, rest);
    merge_sort_path(&b->path, &a->path, rest);
    free(rest);
    first = merge_all(machine, &a->path, same);
    second = merge_all(machine, &b->path, same);
    merge.first = first;
    merge.paths[0] = &a->path;
    merge.paths[1] = &b->path;
    merge.same = same;
    if (!between_calls)
        merge_registers(&merge, a, b);
    for (unsigned space = 0; space < MACHINE_SPACES; space++) {
        if (!between_calls || machine_outlives(space))
            merge_space(&merge, a, b, space);
    }
    merge_reads(&merge, a, b);
    merge_answers(&merge, a, b);
    merge_freed(&merge, a, b);
    first = merge_either(machine, a, b, same, first, second);
    a->path.count = same;
    machine_assume(machine, a, first);
    merge_axioms(&merge, a, b);
    merge_leaves(&merge, a, b);
    if (a->values_count == 0 && b->values_count > 0) {
        free(a->values);
        a->values = b->values;
        a->values_count = b->values_count;
        b->values = NULL;
    }
    a->steps = a->steps > b->steps ? a->steps : b->steps;
    a->is_uninterrupted |= b->is_uninterrupted;
    a->notes |= b->notes;
    machine_state_free(b);
}
