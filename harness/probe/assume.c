/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/assume.h"

#include "base/nearest.h"
#include "base/number.h"
#include "harness/probe/keys.h"
#include "harness/spec/signatures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- The assumptions: a key below, a reader here, and what it does to tables at the end. --- */

/* The rule is not judged, and why. False: out of memory. */
static bool assume_away(struct probe *probe, enum rule_id rule, const char *format,
                        const char *value) {
    free(probe->assumed[rule]);
    if (asprintf(&probe->assumed[rule], format, value) < 0)
        probe->assumed[rule] = NULL;
    return probe->assumed[rule] != NULL;
}

static bool take_signature(struct probe *probe, const char *value) {
    size_t length = strlen(value);
    char bytes[SIGNATURE_SIZE] = {0};

    if (length == 0 || length > SIGNATURE_SIZE)
        return false;
    memcpy(bytes, value, length);
    probe->guarantee.signature = signature_values(bytes);
    probe->guarantee.has_signature = probe->guarantee.pins.signature_once = true;
    return assume_away(probe, RULE_GENERIC_SIGNATURE_IGNORED,
                       "the signature is assumed: every table carries \"%s\"", value);
}

static bool take_interface(struct probe *probe, const char *value) {
    size_t length = strlen(value);
    struct cpuid_pins *pins = &probe->guarantee.pins;

    if (length == 0 || length > sizeof pins->interface)
        return false;
    pins->has_interface = true;
    pins->interface = 0;
    for (size_t i = 0; i < length; i++)
        pins->interface |= (uint32_t)(unsigned char)value[i] << 8 * i;
    return true;
}

/* "0x15=1/2/3", the registers that are left out being 0; returns what comes after it, NULL: it is
 * none. */
static const char *read_leaf(const char *at, uint32_t *leaf, struct cpuid_values *values) {
    uint32_t *const parts[] = {leaf, &values->eax, &values->ebx, &values->ecx, &values->edx};
    size_t count = 0;

    *values = (struct cpuid_values){0};
    for (;;) {
        uint64_t number;

        at = number_read(at, &number, NULL);
        if (!at || number > UINT32_MAX)
            return NULL;
        *parts[count++] = (uint32_t)number;
        if (count > 1 && (*at == '\0' || *at == ' '))
            return at;
        if (count == 5 || *at != (count == 1 ? '=' : '/'))
            return NULL;
        at++;
    }
}

static bool take_processor(struct probe *probe, const char *value) {
    struct cpuid_pins *pins = &probe->guarantee.pins;

    do {
        const size_t at = pins->processor_count;

        value += *value == ' ';
        if (at == CPUID_PINS_PROCESSOR ||
            !(value = read_leaf(value, &pins->processor[at].leaf, &pins->processor[at].values)) ||
            cpuid_is_hypervisor_leaf(pins->processor[at].leaf))
            return false;
        pins->processor_count++;
    } while (*value);
    return true;
}

static const struct assumption {
    const char *name;
    bool (*take)(struct probe *probe,
                 const char *value); /* false: not such a value, or no memory */
    const char *values;              /* what the value has to be */
} assumptions[] = {
    {"signature", take_signature, "1 to 12 bytes, such as KVMKVMKVM"},
    {"interface", take_interface, "1 to 4 bytes, such as Hv#1"},
    {"processor", take_processor,
     "up to 8 leaves outside 0x40000000-0x4fffffff, such as 0x15=0 or '0x15=1/2/3/4 0x16=0'"},
};
static const struct yaml_key assume_keys[] = {
    {"signature", YAML_TEXT, false, 0, NULL, false, NULL},
    {"interface", YAML_TEXT, false, sizeof(struct yaml_value), NULL, false, NULL},
    {"processor", YAML_TEXT, false, 2 * sizeof(struct yaml_value), NULL, false, NULL},
};
#define ASSUMPTIONS (sizeof assumptions / sizeof *assumptions)
_Static_assert(sizeof assume_keys / sizeof *assume_keys == ASSUMPTIONS, "a key an assumption");

const struct yaml_shape probe_assume_shape = {
    "assume", assume_keys, ASSUMPTIONS, ASSUMPTIONS * sizeof(struct yaml_value), false,
};

static const struct assumption *assumption_find(const char *name, size_t length) {
    for (size_t i = 0; i < ASSUMPTIONS; i++) {
        if (strlen(assumptions[i].name) == length &&
            strncmp(assumptions[i].name, name, length) == 0)
            return &assumptions[i];
    }
    return NULL;
}

bool probe_read_assume(struct probe_reader *reader, const struct yaml_tree *node) {
    bool good = true;

    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_tree *item = &node->items[i];
        const struct assumption *row = assumption_find(item->key, strlen(item->key));

        if (!row->take(reader->probe, item->text))
            good = probe_key_error(reader, item, "%s is %s, not '%s'", row->name, row->values,
                                   item->text);
    }
    return good;
}

static bool note_unknown(const char *given, struct errors *errors) {
    const char *names[ASSUMPTIONS], *nearest;
    size_t length = strcspn(given, "=");
    char *name = strndup(given, length);

    for (size_t i = 0; i < ASSUMPTIONS; i++)
        names[i] = assumptions[i].name;
    nearest = name ? nearest_word(name, names, ASSUMPTIONS) : NULL;
    errors_add(errors, NULL, 0, 0,
               "--assume does not know '%s'%s%s%s: give signature=TEXT, interface=TEXT or "
               "processor=LEAF=EAX/EBX/ECX/EDX",
               name ? name : given, nearest ? ", did you mean " : "", nearest ? nearest : "",
               nearest ? "?" : "");
    free(name);
    return false;
}

bool probe_assume_fits(const struct probe *probe, struct errors *errors) {
    bool asked = probe->targets_count == 0;

    for (size_t i = 0; i < probe->targets_count; i++)
        asked |= probe->targets[i] == CPUID_BASE + 1;
    return !probe->guarantee.pins.has_interface || !asked ||
           errors_add(
               errors, probe->manifest ? probe->manifest : probe->path, 0, 0,
               "%s: an assumed interface says what leaf 0x40000001 returns, so that cannot be "
               "asked about: name other targets",
               probe->name);
}

bool probe_assume(struct probe *probe, const char *given, struct errors *errors) {
    size_t length = strcspn(given, "=");
    const struct assumption *row = assumption_find(given, length);

    if (!row)
        return note_unknown(given, errors);
    return (given[length] && row->take(probe, given + length + 1)) ||
           errors_add(errors, NULL, 0, 0, "--assume %s=VALUE takes %s, not '%s'", row->name,
                      row->values, given[length] ? given + length + 1 : "");
}

/* --- What they do. --- */

/* Leaf 0x40000000 with the signature; the maximum is the table's. */
static struct cpuid_values guarantee_signature(const struct probe_guarantee *guarantee,
                                               struct cpuid_values base) {
    return (struct cpuid_values){base.eax, guarantee->signature.ebx, guarantee->signature.ecx,
                                 guarantee->signature.edx};
}

bool assumed_make(const struct probe *probe, const struct cpuid_table *table,
                  struct assumed_table *out) {
    const struct probe_guarantee *guarantee = &probe->guarantee;

    *out = (struct assumed_table){.table = *table};
    out->table.pins = guarantee->pins;
    if (guarantee->has_signature)
        out->table.base = guarantee_signature(guarantee, table->base);
    if (table->count == 0 || (!guarantee->has_signature && !guarantee->pins.has_interface &&
                              guarantee->pins.processor_count == 0))
        return true;
    out->copy = malloc(table->count * sizeof *out->copy);
    if (!out->copy)
        return false;
    memcpy(out->copy, table->leaves, table->count * sizeof *out->copy);
    for (size_t i = 0; i < table->count; i++) {
        struct cpuid_leaf *leaf = &out->copy[i];

        if (leaf->leaf == CPUID_BASE && guarantee->has_signature)
            leaf->values = guarantee_signature(guarantee, leaf->values);
        leaf->values = cpuid_pinned(&out->table, leaf->leaf, leaf->values);
    }
    out->table.leaves = out->copy;
    return true;
}

void assumed_clear(struct assumed_table *assumed) {
    free(assumed->copy);
    *assumed = (struct assumed_table){0};
}
