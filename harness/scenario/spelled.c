/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/scenario/spelled.h"
#include "base/memstream.h"

#include "harness/scenario/plan.h"
#include "harness/scenario/set.h"
#include "harness/spec/found.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SPELLED_PREFIX SPEC_FOUND ":"
#define SPELLED_REGISTERS 4u

static const char *const spelled_fills[] = {[CPUID_FILL_ZERO] = "zero",
                                            [CPUID_FILL_HIGHEST_BASIC] = "highest-basic",
                                            [CPUID_FILL_BASE] = "base"};
#define SPELLED_FILLS (sizeof spelled_fills / sizeof spelled_fills[0])

/* --- Writing. --- */

static void spell_number(FILE *stream, uint32_t number) {
    fprintf(stream, number < 10 ? "%" PRIu32 : "0x%" PRIx32, number);
}

/* From the register numbered `first` on; those at the end that are 0 are left out, but for one. */
static void spell_values(FILE *stream, const struct cpuid_values *values, unsigned first) {
    const uint32_t registers[SPELLED_REGISTERS] = {values->eax, values->ebx, values->ecx,
                                                   values->edx};
    unsigned last = SPELLED_REGISTERS - 1;

    while (last > first && registers[last] == 0)
        last--;
    for (unsigned i = first; i <= last; i++) {
        if (i > first)
            fputc('/', stream);
        spell_number(stream, registers[i]);
    }
}

static void spell_fill(FILE *stream, const char *key, const struct cpuid_default *fill) {
    if (fill->fill == CPUID_FILL_ZERO)
        return;
    fprintf(stream, ",%s=", key);
    if (fill->fill == CPUID_FILL_VALUES)
        spell_values(stream, &fill->values, 0);
    else
        fputs(spelled_fills[fill->fill], stream);
}

char *scenario_spell(const struct scenario_case *test) {
    const struct cpuid_table *table = &test->table;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (!stream)
        return NULL;
    fputs(SPELLED_PREFIX "max=", stream);
    spell_number(stream, table->base.eax);
    if (!table->present)
        fputs(",hypervisor=absent", stream);
    if ((table->base.ebx | table->base.ecx | table->base.edx) != 0) {
        fputs(",signature=", stream);
        spell_values(stream, &table->base, 1);
    }
    for (size_t i = 0; i < table->count; i++) {
        const struct cpuid_leaf *row = &table->leaves[i];

        fprintf(stream, ",0x%" PRIx32, row->leaf);
        if (!row->every_subleaf)
            fprintf(stream, ".%" PRIu32, row->subleaf);
        fputc('=', stream);
        spell_values(stream, &row->values, 0);
    }
    spell_fill(stream, "unlisted", &table->unlisted);
    spell_fill(stream, "beyond", &table->beyond);
    for (size_t i = 0; i < test->asks_count; i++)
        fprintf(stream, "%s0x%" PRIx32, i == 0 ? ",ask=" : "+", test->asks[i]);
    if (memstream_close(stream, &text))
        return text;
    free(text);
    return NULL;
}

bool scenario_is_spelled(const char *id) {
    return strncmp(id, SPELLED_PREFIX, strlen(SPELLED_PREFIX)) == 0;
}

/* --- Reading. --- */

/* A number at *at, which is moved behind it. */
static bool read_number(const char **at, uint32_t *number) {
    char *end;
    unsigned long long value;

    if (**at < '0' || **at > '9')
        return false;
    errno = 0;
    value = strtoull(*at, &end, (*at)[0] == '0' && (*at)[1] == 'x' ? 16 : 10);
    if (errno != 0 || value > UINT32_MAX)
        return false;
    *at = end;
    *number = (uint32_t)value;
    return true;
}

/* Registers from the one numbered `first` on, up to the end of the text. */
static bool read_values(const char *at, unsigned first, struct cpuid_values *values) {
    uint32_t *const registers[SPELLED_REGISTERS] = {&values->eax, &values->ebx, &values->ecx,
                                                    &values->edx};

    for (unsigned i = first; i < SPELLED_REGISTERS; i++) {
        if (!read_number(&at, registers[i]))
            return false;
        if (*at == '\0')
            return true;
        if (*at++ != '/')
            return false;
    }
    return false;
}

static bool read_max(struct scenario_case *test, const char *at) {
    return read_number(&at, &test->table.base.eax) && *at == '\0';
}

static bool read_signature(struct scenario_case *test, const char *at) {
    return read_values(at, 1, &test->table.base);
}

static bool read_hypervisor(struct scenario_case *test, const char *at) {
    test->table.present = false;
    return strcmp(at, "absent") == 0;
}

static bool read_fill(const char *at, struct cpuid_default *fill) {
    for (size_t i = 0; i < SPELLED_FILLS; i++) {
        if (strcmp(at, spelled_fills[i]) == 0) {
            fill->fill = (enum cpuid_fill)i;
            return true;
        }
    }
    fill->fill = CPUID_FILL_VALUES;
    return read_values(at, 0, &fill->values);
}

static bool read_unlisted(struct scenario_case *test, const char *at) {
    return read_fill(at, &test->table.unlisted);
}

static bool read_beyond(struct scenario_case *test, const char *at) {
    return read_fill(at, &test->table.beyond);
}

static bool read_ask(struct scenario_case *test, const char *at) {
    do {
        uint32_t *ask = &test->asks[test->asks_count];

        if (test->asks_count == SCENARIO_ASKS_MAX || !read_number(&at, ask) || *ask <= CPUID_BASE ||
            *ask > CPUID_BLOCK_LAST)
            return false;
        test->asks_count++;
    } while (*at++ == '+');
    return at[-1] == '\0';
}

static bool read_leaf(struct scenario_case *test, const char *key, const char *at) {
    struct cpuid_leaf row = {.every_subleaf = true};

    if (!read_number(&key, &row.leaf))
        return false;
    if (*key == '.') {
        key++;
        row.every_subleaf = false;
        if (!read_number(&key, &row.subleaf))
            return false;
    }
    return *key == '\0' && read_values(at, 0, &row.values) && cpuid_table_add(&test->table, row);
}

/* One KEY=VALUE. */
static bool read_pair(struct scenario_case *test, char *pair) {
    static const struct {
        const char *key;
        bool (*read)(struct scenario_case *test, const char *at);
    } keys[] = {
        {"max", read_max},           {"signature", read_signature}, {"hypervisor", read_hypervisor},
        {"unlisted", read_unlisted}, {"beyond", read_beyond},       {"ask", read_ask}};
    char *value = strchr(pair, '=');

    if (!value)
        return false;
    *value++ = '\0';
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(pair, keys[i].key) == 0)
            return keys[i].read(test, value);
    }
    return read_leaf(test, pair, value);
}

static void expect_spec(struct scenario_case *test) {
    struct cpuid_view view = cpuid_view(&test->table, NULL, 0);

    for (size_t i = 0; i < test->asks_count; i++)
        test->expect[i] = test->table.present
                              ? spec_outcome(view.maximum, test->asks[i],
                                             cpuid_lookup(&view, test->asks[i], 0).eax)
                              : OUTCOME_NOT_AVAILABLE;
}

/* False with an error noted: the case is to be cleared all the same. */
static bool read_case(struct scenario_case *test, const char *id, struct errors *errors) {
    char *text = strdup(id + strlen(SPELLED_PREFIX)), *rest = text, *pair;
    bool good = text || errors_add(errors, NULL, 0, 0, "out of memory");

    *test = (struct scenario_case){.table = {.present = true}};
    while (good && (pair = strsep(&rest, ","))) {
        char *whole = strdup(pair);

        good = whole && read_pair(test, pair);
        if (!good)
            errors_add(
                errors, id, 0, 0,
                "'%s' is no part of a case: max=N, LEAF=EAX/EBX/ECX/EDX (each leaf once), "
                "ask=LEAF+LEAF (0x40000001 to 0x400000ff) and what scenarios/README.md lists",
                whole ? whole : pair);
        free(whole);
    }
    free(text);
    if (good && test->asks_count == 0)
        good = errors_add(errors, id, 0, 0, "nothing is asked for: add ,ask=0x40000010");
    if (!good)
        return false;
    expect_spec(test);
    test->id = scenario_spell(test);
    return test->id || errors_add(errors, NULL, 0, 0, "out of memory");
}

/* --- The scenario. --- */

static bool found_fill(struct scenario *found) {
    found->id = strdup(SPEC_FOUND);
    found->path = strdup(SPEC_FOUND);
    found->title = strdup("Tables that a hunt found for the very probe");
    found->why = strdup("A search met these tables, in which no case of the suite shows the same.");
    found->rules = calloc(1, sizeof *found->rules);
    if (!found->id || !found->path || !found->title || !found->why || !found->rules)
        return false;
    found->rules[0] = RULE_TARGET_NONZERO_IS_PRESENT;
    found->rules_count = 1;
    return true;
}

/* The scenario in the set, made if it is not there; NULL: out of memory. */
static struct scenario *found_open(struct scenario_set *set) {
    size_t place = scenario_set_place(set, SPEC_FOUND);
    struct scenario found = {0}, *grown;

    if (place < set->count && strcmp(set->scenarios[place].id, SPEC_FOUND) == 0)
        return &set->scenarios[place];
    grown = realloc(set->scenarios, (set->count + 1) * sizeof *grown);
    if (grown)
        set->scenarios = grown;
    if (!grown || !found_fill(&found)) {
        scenario_clear(&found);
        return NULL;
    }
    memmove(&grown[place + 1], &grown[place], (set->count - place) * sizeof *grown);
    grown[place] = found;
    set->count++;
    return &grown[place];
}

/* Takes the case over. False: out of memory, and it is still the caller's. */
static bool found_add(struct scenario_set *set, struct scenario_case *test) {
    struct scenario *found = found_open(set);
    struct scenario_case *grown;

    if (!found)
        return false;
    for (size_t i = 0; i < found->cases_count; i++) {
        if (strcmp(found->cases[i].id, test->id) == 0) {
            scenario_case_clear(test);
            return true;
        }
    }
    grown = realloc(found->cases, (found->cases_count + 1) * sizeof *grown);
    if (!grown)
        return false;
    found->cases = grown;
    found->needs_presence |= !test->table.present;
    grown[found->cases_count++] = *test;
    return true;
}

bool scenario_set_add_spelled(struct scenario_set *set, const char *id, struct errors *errors) {
    struct scenario_case test;

    if (read_case(&test, id, errors)) {
        if (found_add(set, &test))
            return true;
        errors_add(errors, NULL, 0, 0, "out of memory");
    }
    scenario_case_clear(&test);
    return false;
}
