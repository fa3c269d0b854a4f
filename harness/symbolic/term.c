/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/term_internal.h"

#include <stdlib.h>
#include <string.h>

#define TERMS_MAX (1u << 23)

static const struct term term_nothing = {.op = TERM_NUMBER, .width = 1};

struct terms *terms_new(void) {
    struct terms *terms = calloc(1, sizeof *terms);

    if (!terms)
        return NULL;
    terms->count = 1; /* 0 is none */
    terms->capacity = 1u << 14;
    terms->entries = calloc(terms->capacity, sizeof *terms->entries);
    terms->slots_count = 1u << 15;
    terms->slots = calloc(terms->slots_count, sizeof *terms->slots);
    if (!terms->entries || !terms->slots) {
        terms_free(terms);
        return NULL;
    }
    terms->entries[0] = term_nothing;
    return terms;
}

void terms_free(struct terms *terms) {
    if (!terms)
        return;
    free(terms->entries);
    free(terms->slots);
    free(terms->unknowns);
    free(terms->memo);
    free(terms->memo_stamp);
    free(terms);
}

bool terms_exhausted(const struct terms *terms) {
    return terms->exhausted;
}

const struct term *term_get(const struct terms *terms, term_id id) {
    return &terms->entries[id];
}

bool term_is_number(const struct terms *terms, term_id id, uint64_t *number) {
    const struct term *term = term_get(terms, id);

    if (term->op != TERM_NUMBER)
        return false;
    *number = term->number;
    return true;
}

unsigned term_width(const struct terms *terms, term_id id) {
    return term_get(terms, id)->width;
}

static uint64_t term_hash(const struct term *term) {
    uint64_t x = term->op | (uint64_t)term->width << 8 | (uint64_t)term->a << 16;

    x = (x ^ x >> 31) * 0x9e3779b97f4a7c15u;
    x ^= (uint64_t)term->b << 32 | term->c;
    x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9u;
    x ^= term->number;
    x = (x ^ x >> 32) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static bool term_grow(struct terms *terms) {
    size_t slots_count = terms->slots_count * 2;
    struct term *entries;
    term_id *slots;

    if (terms->count < terms->capacity)
        return true;
    if (terms->capacity >= TERMS_MAX)
        return false;
    entries = realloc(terms->entries, 2 * terms->capacity * sizeof *entries);
    if (!entries)
        return false;
    terms->entries = entries;
    slots = calloc(slots_count, sizeof *slots);
    if (!slots)
        return false;
    terms->capacity *= 2;
    for (term_id id = 1; id < terms->count; id++) {
        size_t at = term_hash(&entries[id]) & (slots_count - 1);

        while (slots[at])
            at = (at + 1) & (slots_count - 1);
        slots[at] = id;
    }
    free(terms->slots);
    terms->slots = slots;
    terms->slots_count = slots_count;
    return true;
}

term_id term_intern(struct terms *terms, struct term term) {
    size_t at = term_hash(&term) & (terms->slots_count - 1);

    for (; terms->slots[at]; at = (at + 1) & (terms->slots_count - 1)) {
        const struct term *other = &terms->entries[terms->slots[at]];

        if (other->op == term.op && other->width == term.width && other->a == term.a &&
            other->b == term.b && other->c == term.c && other->number == term.number)
            return terms->slots[at];
    }
    term_bound(terms, &term);
    if (term.span == 0 && term.op != TERM_NUMBER)
        return term_number(terms, term.width, term.from);
    if (!term_grow(terms)) {
        terms->exhausted = true;
        return 0;
    }
    at = term_hash(&term) & (terms->slots_count - 1);
    while (terms->slots[at])
        at = (at + 1) & (terms->slots_count - 1);
    terms->entries[terms->count] = term;
    terms->slots[at] = terms->count;
    return terms->count++;
}

term_id term_number(struct terms *terms, unsigned width, uint64_t number) {
    return term_intern(terms, (struct term){.op = TERM_NUMBER,
                                            .width = (uint8_t)width,
                                            .number = number & term_mask(width)});
}

term_id term_unknown(struct terms *terms, unsigned width) {
    term_id id;

    if (terms->unknowns_count == terms->unknowns_capacity) {
        size_t capacity = terms->unknowns_capacity ? 2 * terms->unknowns_capacity : 256;
        term_id *unknowns = realloc(terms->unknowns, capacity * sizeof *unknowns);

        if (!unknowns) {
            terms->exhausted = true;
            return 0;
        }
        terms->unknowns = unknowns;
        terms->unknowns_capacity = capacity;
    }
    id = term_intern(terms, (struct term){.op = TERM_UNKNOWN,
                                          .width = (uint8_t)width,
                                          .number = terms->unknowns_count});
    terms->unknowns[terms->unknowns_count++] = id;
    return id;
}

size_t terms_count(const struct terms *terms) {
    return terms->count;
}

size_t terms_unknowns(const struct terms *terms) {
    return terms->unknowns_count;
}

term_id terms_unknown_at(const struct terms *terms, size_t index) {
    return terms->unknowns[index];
}

/* A walk's notes: one for each term, none to begin with. */
static bool term_begin(struct terms *terms) {
    if (terms->memo_capacity < terms->capacity) {
        uint64_t *memo = realloc(terms->memo, terms->capacity * sizeof *memo);
        uint32_t *stamp;

        if (!memo)
            return false;
        terms->memo = memo;
        stamp = realloc(terms->memo_stamp, terms->capacity * sizeof *stamp);
        if (!stamp)
            return false;
        memset(stamp, 0, terms->capacity * sizeof *stamp);
        terms->memo_stamp = stamp;
        terms->stamp = 0;
        terms->memo_capacity = terms->capacity;
    }
    if (++terms->stamp == 0) {
        memset(terms->memo_stamp, 0, terms->memo_capacity * sizeof *terms->memo_stamp);
        terms->stamp = 1;
    }
    return true;
}

static uint64_t term_value(struct terms *terms, term_id id, const uint64_t *values, size_t count) {
    const struct term *term = &terms->entries[id];
    uint64_t a = 0, b = 0, value;

    if (term->op == TERM_NUMBER)
        return term->number;
    if (terms->memo_stamp[id] == terms->stamp)
        return terms->memo[id];
    if (term->op == TERM_CHOOSE) {
        value = term_value(terms, term->a, values, count) & 1
                    ? term_value(terms, term->b, values, count)
                    : term_value(terms, term->c, values, count);
    } else if (term->op == TERM_UNKNOWN) {
        value = term->number < count ? values[term->number] & term_mask(term->width) : 0;
    } else {
        a = term_value(terms, term->a, values, count);
        if (term->b)
            b = term_value(terms, term->b, values, count);
        if (term->op == TERM_EXTRACT)
            value = a >> term->number & term_mask(term->width);
        else if (term->op == TERM_JOIN)
            value = a << terms->entries[term->b].width | b;
        else if (term->op == TERM_SIGN)
            value = term_signed(a, terms->entries[term->a].width) & term_mask(term->width);
        else
            value = term_compute(term->op, terms->entries[term->a].width, a, b);
    }
    terms->memo_stamp[id] = terms->stamp;
    terms->memo[id] = value;
    return value;
}

uint64_t term_evaluate(struct terms *terms, term_id id, const uint64_t *values, size_t count) {
    if (!term_begin(terms)) {
        terms->exhausted = true;
        return 0;
    }
    return term_value(terms, id, values, count);
}

size_t term_last_broken(struct terms *terms, const term_id *conditions, size_t count,
                        const uint64_t *values, size_t values_count) {
    if (!term_begin(terms)) {
        terms->exhausted = true;
        return count;
    }
    while (count > 0 && term_value(terms, conditions[count - 1], values, values_count))
        count--;
    return count;
}

static bool term_finds(struct terms *terms, term_id id, bool (*is_meant)(void *, size_t),
                       void *context) {
    const struct term *term = &terms->entries[id];

    if (id == 0 || term->op == TERM_NUMBER || terms->memo_stamp[id] == terms->stamp)
        return false;
    terms->memo_stamp[id] = terms->stamp;
    if (term->op == TERM_UNKNOWN)
        return is_meant(context, term->number);
    return term_finds(terms, term->a, is_meant, context) ||
           term_finds(terms, term->b, is_meant, context) ||
           term_finds(terms, term->c, is_meant, context);
}

bool term_mentions(struct terms *terms, term_id id, bool (*is_meant)(void *context, size_t unknown),
                   void *context) {
    if (!term_begin(terms)) {
        terms->exhausted = true;
        return true;
    }
    return term_finds(terms, id, is_meant, context);
}

/* Products and quotients take a row of gates for each bit; what only takes bits apart, none. */
static uint64_t term_own_gates(const struct terms *terms, const struct term *term) {
    const uint64_t width = term->a ? terms->entries[term->a].width : term->width;

    switch (term->op) {
    case TERM_NUMBER:
    case TERM_JOIN:
    case TERM_EXTRACT:
    case TERM_SIGN:
        return 0;
    case TERM_MUL:
    case TERM_HIGH_UNSIGNED:
    case TERM_HIGH_SIGNED:
    case TERM_DIV_UNSIGNED:
    case TERM_REM_UNSIGNED:
    case TERM_DIV_SIGNED:
    case TERM_REM_SIGNED:
        return width * width;
    default: /* a comparison has the width of what it compares, a choice that of its outcomes */
        return width > term->width ? width : term->width;
    }
}

static uint64_t term_gates_below(struct terms *terms, term_id id) {
    const struct term *term = &terms->entries[id];

    if (id == 0 || terms->memo_stamp[id] == terms->stamp)
        return 0;
    terms->memo_stamp[id] = terms->stamp;
    return term_own_gates(terms, term) + term_gates_below(terms, term->a) +
           term_gates_below(terms, term->b) + term_gates_below(terms, term->c);
}

uint64_t term_gates(struct terms *terms, const term_id *ids, size_t count) {
    uint64_t gates = 0;

    if (!term_begin(terms)) {
        terms->exhausted = true;
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        gates += term_gates_below(terms, ids[i]);
    return gates;
}

static void term_walk_below(struct terms *terms, term_id id,
                            void (*visit)(void *context, term_id id), void *context) {
    const struct term *term = &terms->entries[id];

    if (id == 0 || terms->memo_stamp[id] == terms->stamp)
        return;
    terms->memo_stamp[id] = terms->stamp;
    visit(context, id);
    term_walk_below(terms, term->a, visit, context);
    term_walk_below(terms, term->b, visit, context);
    term_walk_below(terms, term->c, visit, context);
}

void term_walk(struct terms *terms, const term_id *ids, size_t count,
               void (*visit)(void *context, term_id id), void *context) {
    if (!term_begin(terms)) {
        terms->exhausted = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        term_walk_below(terms, ids[i], visit, context);
}

static void term_count_one(void *context, term_id id) {
    uint64_t *count = context;

    (void)id;
    ++*count;
}

uint64_t term_count(struct terms *terms, const term_id *ids, size_t count) {
    uint64_t all = 0;

    term_walk(terms, ids, count, term_count_one, &all);
    return all;
}

/* Made anew, simplified. The walk makes terms, so that its notes are kept apart from the others. */
struct term_replacing {
    struct terms *terms;
    const term_id *with;
    size_t count;
    term_id *done;
};

static term_id term_replace(struct term_replacing *work, term_id id) {
    struct terms *terms = work->terms;
    struct term term = terms->entries[id];
    term_id a, b, made;
    uint64_t number;

    if (id == 0 || term.op == TERM_NUMBER)
        return id;
    if (work->done[id])
        return work->done[id];
    if (term.op == TERM_UNKNOWN) {
        made = term.number < work->count && work->with[term.number] ? work->with[term.number] : id;
        return work->done[id] = made;
    }
    a = term_replace(work, term.a);
    if (term.op == TERM_CHOOSE && term_is_number(terms, a, &number))
        return work->done[id] = term_replace(work, number ? term.b : term.c);
    if ((term.op == TERM_AND || term.op == TERM_OR) && term.width == 1 &&
        term_is_number(terms, a, &number) && (number != 0) == (term.op == TERM_OR))
        return work->done[id] = a;
    b = term_replace(work, term.b);
    if (a == term.a && b == term.b && term.op != TERM_CHOOSE)
        made = id;
    else if (term.op == TERM_CHOOSE)
        made = term_choose(terms, a, b, term_replace(work, term.c));
    else if (term.op == TERM_EXTRACT)
        made = term_extract(terms, a, (unsigned)term.number, term.width);
    else if (term.op == TERM_SIGN)
        made = term_sign_extend(terms, a, term.width);
    else if (term.op == TERM_NOT)
        made = term_unary(terms, term.op, a);
    else
        made = term_binary(terms, term.op, a, b);
    return work->done[id] = made;
}

term_id term_substitute(struct terms *terms, term_id id, const term_id *with, size_t count) {
    struct term_replacing work = {terms, with, count, NULL};
    term_id made = 0;

    /* What is looked up was there before: all of it has lower numbers. */
    work.done = calloc((size_t)id + 1, sizeof *work.done);
    if (work.done)
        made = term_replace(&work, id);
    else
        terms->exhausted = true;
    free(work.done);
    return made;
}

bool term_replace_parts(struct terms *terms, term_id *ids, size_t count, const term_id *from,
                        const term_id *to, size_t parts) {
    struct term_replacing work = {terms, NULL, 0, NULL};

    work.done = calloc(terms_count(terms) + 1, sizeof *work.done);
    if (!work.done) {
        terms->exhausted = true;
        return false;
    }
    for (size_t i = 0; i < parts; i++)
        work.done[from[i]] = to[i];
    for (size_t i = 0; i < count; i++)
        ids[i] = term_replace(&work, ids[i]);
    free(work.done);
    return !terms->exhausted;
}
