/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/scenario/plan.h"

#include "base/nearest.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS "random("
#define KEY_LENGTH_MAX 24u /* letters of a matrix key, which every id repeats */

static const struct {
    const char *word;
    enum cpuid_fill fill;
} fills[] = {
    {"zero", CPUID_FILL_ZERO},
    {"highest-basic", CPUID_FILL_HIGHEST_BASIC},
    {"base", CPUID_FILL_BASE},
    {"junk", CPUID_FILL_JUNK},
};
#define FILLS (sizeof fills / sizeof fills[0])

/* Where comparisons go wrong: both ends, the ends of the block and of its neighbours, single and
 * high bits, and what a wrapped subtraction of the base lets through. */
static const uint32_t maxima[] = {
    0x00000000, 0x00000001, 0x0000000d, 0x00001004, 0x3fffffff, 0x40000000, 0x40000001, 0x4000000f,
    0x40000010, 0x40000011, 0x4000007f, 0x40000080, 0x400000fe, 0x400000ff, 0x40000100, 0x4000ffff,
    0x4fffffff, 0x7fffffff, 0x80000000, 0x80000008, 0xbfffffff, 0xc0000000, 0xc0000010, 0xffffffff,
};
#define MAXIMA (sizeof maxima / sizeof maxima[0])

/* The named lists of numbers: `count` values, the i-th from `at`. */
static uint32_t list_bit(size_t i) {
    return 1u << i;
}

static uint32_t list_range(size_t i) {
    return CPUID_BASE + 0x10 * ((uint32_t)i + 1);
}

static uint32_t list_maximum(size_t i) {
    return maxima[i];
}

static const struct {
    const char *name;
    size_t count;
    uint32_t (*at)(size_t i);
} lists[] = {
    {"$bits", 32, list_bit},
    {"$ranges", 15, list_range},
    {"$maxima", MAXIMA, list_maximum},
};
#define LISTS (sizeof lists / sizeof lists[0])

bool scenario_fill_parse(const char *word, enum cpuid_fill *fill) {
    for (size_t i = 0; i < FILLS; i++) {
        if (strcmp(fills[i].word, word) == 0) {
            *fill = fills[i].fill;
            return true;
        }
    }
    return false;
}

const char *scenario_fill_text(enum cpuid_fill fill) {
    for (size_t i = 0; i < FILLS; i++) {
        if (fills[i].fill == fill)
            return fills[i].word;
    }
    return "values";
}

/* Where in the file the i-th item of a key is. */
static struct scenario_place item_place(const struct scenario_key *key, size_t i) {
    return scenario_place(scenario_text_node(key->node, i));
}

static bool name_is_good(const char *name) {
    size_t length = strlen(name);

    if (length == 0 || length > KEY_LENGTH_MAX || !islower((unsigned char)name[0]))
        return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

void scenario_matrix_names(struct scenario_reader *reader, const struct yaml_tree *matrix) {
    struct scenario_matrix *into = &reader->matrix;

    for (size_t i = 0; i < matrix->count; i++) {
        const struct yaml_tree *node = &matrix->items[i];

        if (into->count == SCENARIO_KEYS_MAX) {
            scenario_note(reader, scenario_key_place(node), "more than %u matrix keys",
                          SCENARIO_KEYS_MAX);
            return;
        }
        if (!name_is_good(node->key))
            scenario_note(reader, scenario_key_place(node),
                          "matrix key '%s': a key is up to %u of a-z, 0-9 and _, a letter first",
                          node->key, KEY_LENGTH_MAX);
        into->keys[into->count++] = (struct scenario_key){.name = node->key, .node = node};
    }
}

static bool matrix_note_unknown(struct scenario_reader *reader, struct scenario_place place,
                                const char *name) {
    const char *names[SCENARIO_KEYS_MAX], *nearest;

    for (size_t i = 0; i < reader->matrix.count; i++)
        names[i] = reader->matrix.keys[i].name;
    nearest = nearest_word(name, names, reader->matrix.count);
    if (nearest)
        return scenario_note(reader, place, "no matrix key '%s': did you mean $%s?", name, nearest);
    return scenario_note(reader, place, "no matrix key '%s': add it to 'matrix'", name);
}

static const char *kind_text(enum scenario_kind kind) {
    static const char *const texts[] = {"nothing", "a number", "a signature", "a word"};

    return texts[kind];
}

bool scenario_matrix_use(struct scenario_reader *reader, struct scenario_place place,
                         const char *name, size_t length, enum scenario_kind kind, size_t *key) {
    char copy[64];

    snprintf(copy, sizeof copy, "%.*s", (int)(length < sizeof copy ? length : sizeof copy - 1),
             name);
    for (size_t i = 0; i < reader->matrix.count; i++) {
        struct scenario_key *candidate = &reader->matrix.keys[i];

        if (strlen(candidate->name) != length || strncmp(candidate->name, name, length) != 0)
            continue;
        if (candidate->kind != SCENARIO_UNUSED && candidate->kind != kind)
            return scenario_note(reader, place, "$%s is used as %s here and as %s elsewhere",
                                 candidate->name, kind_text(kind), kind_text(candidate->kind));
        candidate->kind = kind;
        *key = i;
        return true;
    }
    return matrix_note_unknown(reader, place, copy);
}

static bool key_note_full(struct scenario_reader *reader, const struct scenario_key *key,
                          struct scenario_place place) {
    if (key->count < SCENARIO_CASES_MAX)
        return scenario_note(reader, place, "out of memory");
    return scenario_note(reader, place, "'%s' has more than %u values", key->name,
                         SCENARIO_CASES_MAX);
}

/* Adds a value; one that is there already is a mistake. */
static bool key_add_new(struct scenario_reader *reader, struct scenario_key *key,
                        struct scenario_place place, const struct scenario_value *value) {
    char text[SCENARIO_VALUE_TEXT_SIZE];

    switch (scenario_key_add(key, value)) {
    case SCENARIO_ADDED:
        return true;
    case SCENARIO_THERE:
        scenario_value_text(key->kind, value, text);
        return scenario_note(reader, place, "'%s' has %s already: the same case twice", key->name,
                             text);
    case SCENARIO_FULL:
        break;
    }
    return key_note_full(reader, key, place);
}

/* Numbers `from` to `to`, both included. */
static bool key_add_range(struct scenario_reader *reader, struct scenario_key *key,
                          struct scenario_place place, uint32_t from, uint32_t to, uint32_t step) {
    for (uint64_t number = from; number <= to; number += step) {
        struct scenario_value value = {.number = (uint32_t)number};

        if (!key_add_new(reader, key, place, &value))
            return false;
    }
    return true;
}

/* Draws until there are `count` new values; one that is there already is drawn anew. */
static bool key_draw_all(struct scenario_reader *reader, struct scenario_key *key,
                         struct scenario_place place, uint32_t count, uint32_t first,
                         uint32_t last) {
    uint64_t tries = 64 + 16 * (uint64_t)count; /* enough to draw all of a small range */

    for (uint32_t added = 0; added < count; tries--) {
        struct scenario_value value = scenario_key_draw(reader, key, first, last);
        enum scenario_added result = scenario_key_add(key, &value);

        if (result == SCENARIO_FULL)
            return key_note_full(reader, key, place);
        if (tries == 0)
            return scenario_note(reader, place, "too few different values to draw %" PRIu32, count);
        added += result == SCENARIO_ADDED;
    }
    return true;
}

/* "random(COUNT)" or, for numbers, "random(COUNT) in FIRST..LAST". */
static bool key_add_draws(struct scenario_reader *reader, struct scenario_key *key,
                          struct scenario_place place, const char *text) {
    static const char among[] = ") in ";
    uint32_t count = 0, first = 0, last = UINT32_MAX;
    bool good;

    text += strlen(DRAWS);
    if (!scenario_parse_number(reader, place, &text, &count))
        return false;
    if (key->kind == SCENARIO_NUMBER && strncmp(text, among, strlen(among)) == 0) {
        text += strlen(among);
        if (!scenario_parse_range(reader, place, &text, &first, &last))
            return false;
        good = *text == '\0';
    } else {
        good = strcmp(text, ")") == 0;
    }
    if (!good || count == 0)
        return scenario_note(reader, place,
                             "write random(COUNT) or, for numbers, random(COUNT) in FIRST..LAST, "
                             "with a count of at least 1");
    return key_draw_all(reader, key, place, count, first, last);
}

static bool key_add_list(struct scenario_reader *reader, struct scenario_key *key,
                         struct scenario_place place, const char *name) {
    const char *names[LISTS], *nearest;

    for (size_t i = 0; i < LISTS; i++) {
        names[i] = lists[i].name;
        if (strcmp(lists[i].name, name) != 0)
            continue;
        for (size_t j = 0; j < lists[i].count; j++) {
            struct scenario_value value = {.number = lists[i].at(j)};

            if (!key_add_new(reader, key, place, &value))
                return false;
        }
        return true;
    }
    nearest = nearest_word(name, names, LISTS);
    return scenario_note(reader, place, "no list '%s' of numbers: %s%s%s", name,
                         nearest ? "did you mean '" : "there are $bits, $ranges and $maxima",
                         nearest ? nearest : "", nearest ? "'?" : "");
}

/* A number or "FIRST..LAST" or "FIRST..LAST step STEP". */
static bool key_add_numbers(struct scenario_reader *reader, struct scenario_key *key,
                            struct scenario_place place, const char *text) {
    const char *whole = text;
    uint32_t first = 0, last = 0, step = 1;

    if (*text == '-')
        return scenario_note(reader, place,
                             "'%s' is negative: all values are unsigned, 0 to 0xffffffff", text);
    if (!strstr(text, "..")) {
        if (!scenario_parse_number(reader, place, &text, &first))
            return false;
        last = first;
    } else {
        if (!scenario_parse_range(reader, place, &text, &first, &last))
            return false;
        if (strncmp(text, " step ", 6) == 0) {
            text += 6;
            if (!scenario_parse_number(reader, place, &text, &step))
                return false;
        }
    }
    if (*text || step == 0)
        return scenario_note(
            reader, place,
            "'%s' is no matrix value: write a number, FIRST..LAST, or FIRST..LAST step STEP",
            whole);
    return key_add_range(reader, key, place, first, last, step);
}

static bool key_add_signatures(struct scenario_reader *reader, struct scenario_key *key,
                               struct scenario_place place, const char *text) {
    struct scenario_value value = {0};
    bool added = true;

    if (strcmp(text, "$signatures") == 0) {
        for (size_t i = 0; i < signatures_count && added; i++) {
            memcpy(value.signature, signatures[i].bytes, SIGNATURE_SIZE);
            added = key_add_new(reader, key, place, &value);
        }
        return added;
    }
    if (*text == '$')
        return scenario_note(reader, place, "no list '%s' of signatures: there is $signatures",
                             text);
    if (strlen(text) > SIGNATURE_SIZE)
        return scenario_note(reader, place, "'%s' is longer than a signature's 12 bytes", text);
    memcpy(value.signature, text, strlen(text));
    return key_add_new(reader, key, place, &value);
}

static bool key_add_fills(struct scenario_reader *reader, struct scenario_key *key,
                          struct scenario_place place, const char *text) {
    struct scenario_value value = {0};
    bool added = true;

    if (strcmp(text, "$fills") == 0) {
        for (size_t i = 0; i < FILLS && added; i++) {
            value.fill = fills[i].fill;
            added = key_add_new(reader, key, place, &value);
        }
        return added;
    }
    if (!scenario_fill_parse(text, &value.fill))
        return scenario_note(reader, place,
                             "'%s' is none of zero, highest-basic, base, junk and $fills", text);
    return key_add_new(reader, key, place, &value);
}

static bool key_add_item(struct scenario_reader *reader, struct scenario_key *key,
                         struct scenario_place place, const char *text) {
    bool draws = strncmp(text, DRAWS, strlen(DRAWS)) == 0;

    switch (key->kind) {
    case SCENARIO_NUMBER:
        if (draws)
            return key_add_draws(reader, key, place, text);
        return *text == '$' ? key_add_list(reader, key, place, text)
                            : key_add_numbers(reader, key, place, text);
    case SCENARIO_SIGNATURE:
        return draws ? key_add_draws(reader, key, place, text)
                     : key_add_signatures(reader, key, place, text);
    case SCENARIO_FILL:
        return key_add_fills(reader, key, place, text);
    case SCENARIO_UNUSED:
        break;
    }
    return scenario_note(reader, scenario_key_place(key->node),
                         "$%s is never used: use it, or leave it out of the matrix", key->name);
}

void scenario_matrix_values(struct scenario_reader *reader, const struct yaml_value *given) {
    for (size_t i = 0; i < reader->matrix.count; i++) {
        struct scenario_key *key = &reader->matrix.keys[i];
        size_t items = scenario_texts_count(&given[i]);

        if (items == 0)
            scenario_note(reader, scenario_place(key->node), "'%s' has no values, so no case",
                          key->name);
        for (size_t j = 0; j < items; j++) {
            if (!key_add_item(reader, key, item_place(key, j), scenario_text(&given[i], j)) &&
                key->kind == SCENARIO_UNUSED)
                break;
        }
    }
}

void scenario_matrix_clear(struct scenario_matrix *matrix) {
    for (size_t i = 0; i < matrix->count; i++)
        scenario_key_clear(&matrix->keys[i]);
    matrix->count = 0;
}
