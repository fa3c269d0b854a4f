/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"
#include "base/random.h"
#include "harness/scenario/plan.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The values of one matrix key: a set that keeps its order, random numbers that can be drawn again
 * from a seed, and how a value reads in an id.
 */
static uint64_t value_hash(const struct scenario_value *value) {
    uint64_t hash = hash_bytes(HASH_START, &value->number, sizeof value->number);

    hash = hash_bytes(hash, value->signature, sizeof value->signature);
    return hash_bytes(hash, &value->fill, sizeof value->fill);
}

static bool value_same(const struct scenario_value *a, const struct scenario_value *b) {
    return a->number == b->number && a->fill == b->fill &&
           memcmp(a->signature, b->signature, sizeof a->signature) == 0;
}

/* The slot that holds the value, or the free one where it belongs. */
static size_t *key_slot(const struct scenario_key *key, const struct scenario_value *value) {
    size_t i = (size_t)value_hash(value) & (key->slots_count - 1);

    while (key->slots[i] && !value_same(&key->values[key->slots[i] - 1], value))
        i = (i + 1) & (key->slots_count - 1);
    return &key->slots[i];
}

/* Doubles the slots, a power of two and twice as many as there is room for values. */
static bool key_grow(struct scenario_key *key) {
    size_t room = key->slots_count ? key->slots_count : 16;
    struct scenario_value *values = realloc(key->values, room * sizeof *values);
    size_t *slots = calloc(room * 2, sizeof *slots);

    if (values)
        key->values = values;
    if (!values || !slots) {
        free(slots);
        return false;
    }
    free(key->slots);
    key->slots = slots;
    key->slots_count = room * 2;
    for (size_t i = 0; i < key->count; i++)
        *key_slot(key, &key->values[i]) = i + 1;
    return true;
}

enum scenario_added scenario_key_add(struct scenario_key *key, const struct scenario_value *value) {
    size_t *slot;

    if (key->count == SCENARIO_CASES_MAX)
        return SCENARIO_FULL;
    if (key->count * 2 >= key->slots_count && !key_grow(key))
        return SCENARIO_FULL;
    slot = key_slot(key, value);
    if (*slot)
        return SCENARIO_THERE;
    key->values[key->count++] = *value;
    *slot = key->count;
    return SCENARIO_ADDED;
}

void scenario_key_clear(struct scenario_key *key) {
    free(key->values);
    free(key->slots);
    key->values = NULL;
    key->slots = NULL;
    key->count = key->slots_count = 0;
}

uint64_t scenario_seed(uint64_t seed, const char *id, const char *purpose) {
    uint64_t hash = hash_bytes(HASH_START, id, strlen(id) + 1);

    return seed ^ hash_bytes(hash, purpose, strlen(purpose));
}

struct scenario_value scenario_key_draw(const struct scenario_reader *reader,
                                        struct scenario_key *key, uint32_t first, uint32_t last) {
    uint64_t seed = scenario_seed(reader->seed, reader->id, key->name);
    uint64_t drawn = random_mix(seed + RANDOM_GAMMA * ++key->drawn), more;
    struct scenario_value value = {0};

    if (key->kind == SCENARIO_NUMBER) {
        value.number = (uint32_t)(first + drawn % ((uint64_t)last - first + 1));
        return value;
    }
    more = random_mix(seed + RANDOM_GAMMA * ++key->drawn);
    for (size_t i = 0; i < SIGNATURE_SIZE; i++)
        value.signature[i] = (char)(i < 8 ? drawn >> (8 * i) : more >> (8 * (i - 8)));
    return value;
}

/* A registered name with everything but letters and digits as single dashes: "bhyve, early" becomes
 * "bhyve-early". */
static void name_to_id(const char *name, char text[SCENARIO_VALUE_TEXT_SIZE]) {
    size_t length = 0;

    for (; *name && length + 1 < SCENARIO_VALUE_TEXT_SIZE; name++) {
        if (isalnum((unsigned char)*name))
            text[length++] = *name;
        else if (length > 0 && text[length - 1] != '-')
            text[length++] = '-';
    }
    text[length] = '\0';
}

static bool is_registered_id(const char *text) {
    char name[SCENARIO_VALUE_TEXT_SIZE];

    for (size_t i = 0; i < signatures_count; i++) {
        name_to_id(signatures[i].name, name);
        if (strcmp(name, text) == 0)
            return true;
    }
    return false;
}

/* A signature's registered name; else its text when that is letters and digits only and no one's
 * name; else its bytes in hexadecimal, so that two signatures never read alike. */
static void signature_to_id(const char bytes[SIGNATURE_SIZE], char text[SCENARIO_VALUE_TEXT_SIZE]) {
    size_t length = 0;

    for (size_t i = 0; i < signatures_count; i++) {
        if (memcmp(signatures[i].bytes, bytes, SIGNATURE_SIZE) == 0) {
            name_to_id(signatures[i].name, text);
            return;
        }
    }
    memcpy(text, bytes, SIGNATURE_SIZE);
    text[SIGNATURE_SIZE] = '\0';
    while (isalnum((unsigned char)text[length]))
        length++;
    for (size_t i = length; i < SIGNATURE_SIZE; i++) {
        if (bytes[i] != '\0')
            length = 0;
    }
    if (length > 0 && !(text[0] == '0' && text[1] == 'x') && !is_registered_id(text))
        return;
    strcpy(text, "0x");
    for (size_t i = 0; i < SIGNATURE_SIZE; i++)
        snprintf(text + 2 + 2 * i, 3, "%02x", (unsigned char)bytes[i]);
}

void scenario_value_text(enum scenario_kind kind, const struct scenario_value *value,
                         char text[SCENARIO_VALUE_TEXT_SIZE]) {
    switch (kind) {
    case SCENARIO_SIGNATURE:
        signature_to_id(value->signature, text);
        break;
    case SCENARIO_FILL:
        snprintf(text, SCENARIO_VALUE_TEXT_SIZE, "%s", scenario_fill_text(value->fill));
        break;
    case SCENARIO_NUMBER:
    case SCENARIO_UNUSED:
        snprintf(text, SCENARIO_VALUE_TEXT_SIZE, "0x%" PRIx32, value->number);
        break;
    }
}
