/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/scenario/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A disagreement between author and spec function, kept until all its cases are counted. */
struct disagreement {
    size_t cases;
    char *first_case;
    enum outcome outcome;
    uint32_t maximum, target, eax;
};

/* What one case is built from. */
struct expansion {
    struct scenario_reader *reader;
    struct scenario *scenario;
    size_t digits[SCENARIO_KEYS_MAX]; /* which value each key has */
    struct disagreement disagreements[SCENARIO_ASKS_MAX];
    bool ask_reported[SCENARIO_ASKS_MAX];
};

char *scenario_case_id(const struct scenario_reader *reader, const size_t *digits) {
    char *id = NULL, text[SCENARIO_VALUE_TEXT_SIZE];
    size_t size;
    FILE *stream = open_memstream(&id, &size);

    if (!stream)
        return NULL;
    fputs(reader->id, stream);
    for (size_t i = 0; i < reader->matrix.count; i++) {
        const struct scenario_key *key = &reader->matrix.keys[i];

        scenario_value_text(key->kind, &key->values[digits[i]], text);
        fprintf(stream, "%c%s=%s", i == 0 ? ':' : ',', key->name, text);
    }
    if (!memstream_close(stream, &id)) {
        free(id);
        return NULL;
    }
    return id;
}

/* Notes what is wrong with a case, unless that was said of an earlier one. */
static void expansion_note(struct expansion *expansion, bool *reported, struct scenario_place place,
                           const char *case_id, const char *what, uint32_t leaf) {
    if (!*reported)
        scenario_note(expansion->reader, place, "leaf 0x%" PRIx32 " %s in case %s", leaf, what,
                      case_id);
    *reported = true;
    expansion->reader->failed = true;
}

static struct cpuid_values fill_lookup(const struct cpuid_table *table, enum cpuid_fill fill,
                                       uint32_t leaf, uint32_t subleaf) {
    struct cpuid_table scratch = *table;
    struct cpuid_view view;

    scratch.unlisted = scratch.beyond = (struct cpuid_default){.fill = fill};
    view = cpuid_view(&scratch, NULL, 0);
    return cpuid_lookup(&view, leaf, subleaf);
}

/* One register of a row at a leaf. */
static bool expand_register(struct expansion *expansion, struct scenario_register *reg,
                            const struct cpuid_table *table, uint32_t leaf, uint32_t subleaf,
                            size_t index, uint32_t *value) {
    struct cpuid_values values;

    if (!reg->filled)
        return scenario_expression_value(expansion->reader, &reg->value, expansion->digits, value);
    values = fill_lookup(table, reg->fill, leaf, subleaf);
    *value = (const uint32_t[]){values.eax, values.ebx, values.ecx, values.edx}[index];
    return true;
}

static enum cpuid_fill fill_kind(const struct expansion *expansion,
                                 const struct scenario_fill *fill) {
    if (!fill->varies)
        return fill->fill;
    return expansion->reader->matrix.keys[fill->key].values[expansion->digits[fill->key]].fill;
}

/* The four registers that `fill` stands for at a leaf. */
static bool expand_values(struct expansion *expansion, struct scenario_fill *fill,
                          const struct cpuid_table *table, uint32_t leaf, uint32_t subleaf,
                          struct cpuid_values *values) {
    uint32_t *const registers[4] = {&values->eax, &values->ebx, &values->ecx, &values->edx};
    enum cpuid_fill kind = fill_kind(expansion, fill);

    if (kind != CPUID_FILL_VALUES) {
        *values = fill_lookup(table, kind, leaf, subleaf);
        return true;
    }
    for (size_t i = 0; i < 4; i++) {
        if (!expand_register(expansion, &fill->registers[i], table, leaf, subleaf, i, registers[i]))
            return false;
    }
    return true;
}

static bool expand_default(struct expansion *expansion, struct scenario_fill *fill,
                           struct cpuid_default *into) {
    into->fill = fill_kind(expansion, fill);
    if (into->fill != CPUID_FILL_VALUES)
        return true;
    return expand_values(expansion, fill, NULL, 0, 0, &into->values);
}

static bool row_has_words(const struct scenario_row *row) {
    const struct scenario_register *registers = row->contents.registers;

    return row->contents.varies || row->contents.fill != CPUID_FILL_VALUES || registers[0].filled ||
           registers[1].filled || registers[2].filled || registers[3].filled;
}

static bool table_lists(const struct cpuid_table *table, uint32_t leaf) {
    size_t first = 0, count = table->count;

    while (count > 0) {
        size_t half = count / 2;

        if (table->leaves[first + half].leaf == leaf)
            return true;
        if (table->leaves[first + half].leaf < leaf) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return false;
}

/* What forbids a leaf to be listed; NULL: nothing. */
static const char *leaf_refused(const struct scenario_row *row, const struct cpuid_leaf *leaf) {
    if (leaf->leaf == CPUID_BASE && (leaf->every_subleaf || leaf->subleaf == 0))
        return "is what 'max' and 'signature' say: it cannot be listed";
    if (!cpuid_is_hypervisor_leaf(leaf->leaf) && row_has_words(row))
        return "is the processor's, for which only numbers can stand:";
    return NULL;
}

/* Lists one leaf of a row. */
static bool expand_leaf(struct expansion *expansion, struct scenario_case *into,
                        struct scenario_row *row, struct cpuid_leaf leaf) {
    struct scenario_reader *reader = expansion->reader;
    const char *refused = leaf_refused(row, &leaf);

    if (refused) {
        expansion_note(expansion, &row->reported, row->place, into->id, refused, leaf.leaf);
        return false;
    }
    if (++reader->leaves_count > SCENARIO_LEAVES_MAX)
        return scenario_note(reader, row->place, "the cases script more than %u leaves in all",
                             SCENARIO_LEAVES_MAX);
    if (!expand_values(expansion, &row->contents, &into->table, leaf.leaf, leaf.subleaf,
                       &leaf.values))
        return false;
    if (cpuid_table_add(&into->table, leaf))
        return true;
    expansion_note(expansion, &row->reported, row->place, into->id,
                   table_lists(&into->table, leaf.leaf) ? "is listed twice" : "needs more memory",
                   leaf.leaf);
    return false;
}

/* Lists the leaves of a range that no line before lists. A range may be empty, with its last leaf
 * just below its first, so that "0x40000001..$target-1" can be said of every target. */
static bool expand_range(struct expansion *expansion, struct scenario_case *into,
                         struct scenario_row *row, uint32_t first) {
    uint32_t last;
    bool listed = false;

    if (!scenario_expression_value(expansion->reader, &row->last, expansion->digits, &last))
        return false;
    if (last + 1 == first)
        return true;
    if (last < first || last - first >= SCENARIO_RANGE_MAX) {
        expansion_note(expansion, &row->reported, row->place, into->id,
                       last < first ? "is above the last one of its range"
                                    : "starts a range of more than 4096 leaves",
                       first);
        return false;
    }
    for (uint64_t leaf = first; leaf <= last; leaf++) {
        if (table_lists(&into->table, (uint32_t)leaf))
            continue;
        listed = true;
        if (!expand_leaf(expansion, into, row,
                         (struct cpuid_leaf){.leaf = (uint32_t)leaf, .every_subleaf = true}))
            return false;
    }
    if (!listed)
        expansion_note(expansion, &row->reported, row->place, into->id,
                       "and the rest of its range are listed by the lines before, so this line is "
                       "without effect",
                       first);
    return listed;
}

static bool expand_row(struct expansion *expansion, struct scenario_case *into,
                       struct scenario_row *row) {
    struct cpuid_leaf leaf = {.every_subleaf = row->every_subleaf};

    if (!scenario_expression_value(expansion->reader, &row->first, expansion->digits, &leaf.leaf))
        return false;
    if (row->range)
        return expand_range(expansion, into, row, leaf.leaf);
    if (!scenario_expression_value(expansion->reader, &row->subleaf, expansion->digits,
                                   &leaf.subleaf))
        return false;
    return expand_leaf(expansion, into, row, leaf);
}

/* Numbers first, because words may echo them; single leaves ahead of ranges, because they stand out
 * from the ranges around them. */
static bool expand_rows(struct expansion *expansion, struct scenario_case *into) {
    struct scenario_plan *plan = &expansion->reader->plan;
    enum { NUMBERS, WORDS, RANGES, PASSES };
    bool good = true;

    for (int pass = 0; pass < PASSES; pass++) {
        for (size_t i = 0; i < plan->rows_count; i++) {
            struct scenario_row *row = &plan->rows[i];
            int belongs = row->range ? RANGES : row_has_words(row) ? WORDS : NUMBERS;

            if (belongs == pass)
                good &= expand_row(expansion, into, row);
        }
    }
    return good;
}

/* Leaf 0x40000000. */
static bool expand_base(struct expansion *expansion, struct cpuid_values *base) {
    struct scenario_reader *reader = expansion->reader;
    struct scenario_plan *plan = &reader->plan;
    const size_t *digits = expansion->digits;
    bool good = true;

    if (plan->signature_by_register) {
        struct scenario_expression *registers = plan->signature_registers;

        good &= scenario_expression_value(reader, &registers[0], digits, &base->ebx);
        good &= scenario_expression_value(reader, &registers[1], digits, &base->ecx);
        good &= scenario_expression_value(reader, &registers[2], digits, &base->edx);
    } else if (plan->signature_varies) {
        const struct scenario_key *key = &reader->matrix.keys[plan->signature_key];

        *base = signature_values(key->values[digits[plan->signature_key]].signature);
    } else {
        *base = signature_values(plan->signature);
    }
    return scenario_expression_value(reader, &plan->maximum, digits, &base->eax) && good;
}

static bool expand_table(struct expansion *expansion, struct scenario_case *into) {
    struct scenario_reader *reader = expansion->reader;
    struct cpuid_table *table = &into->table;
    bool good = expand_base(expansion, &table->base);

    table->present = reader->plan.present;
    table->junk_seed = scenario_seed(reader->seed, into->id, "junk");
    good &= expand_default(expansion, &reader->plan.unlisted, &table->unlisted);
    good &= expand_default(expansion, &reader->plan.beyond, &table->beyond);
    return good && expand_rows(expansion, into);
}

/* Holds the author's expectation of one question against the spec function. Where the hypervisor is
 * not there, nothing is available, whatever its leaves would say. */
static void expand_compare(struct expansion *expansion, struct scenario_case *into, size_t ask) {
    struct disagreement *disagreement = &expansion->disagreements[ask];
    struct cpuid_view view = cpuid_view(&into->table, NULL, 0);
    uint32_t target = into->asks[ask], eax = cpuid_lookup(&view, target, 0).eax;
    enum outcome outcome =
        into->table.present ? spec_outcome(view.maximum, target, eax) : OUTCOME_NOT_AVAILABLE;

    if (expansion->reader->lenient)
        into->expect[ask] = outcome;
    if (outcome == into->expect[ask] || disagreement->cases++ > 0)
        return;
    *disagreement = (struct disagreement){
        .cases = 1,
        .first_case = strdup(into->id),
        .outcome = outcome,
        .maximum = view.maximum,
        .target = target,
        .eax = eax,
    };
}

static bool expand_asks(struct expansion *expansion, struct scenario_case *into) {
    struct scenario_plan *plan = &expansion->reader->plan;
    bool good = true;

    into->asks_count = plan->asks_count;
    for (size_t i = 0; i < plan->asks_count; i++) {
        uint32_t target;

        into->expect[i] = plan->expect[i].outcome;
        if (!scenario_expression_value(expansion->reader, &plan->asks[i], expansion->digits,
                                       &target)) {
            good = false;
            continue;
        }
        into->asks[i] = target;
        if (target > CPUID_BASE && target <= CPUID_BLOCK_LAST) {
            expand_compare(expansion, into, i);
            continue;
        }
        expansion_note(expansion, &expansion->ask_reported[i], plan->asks[i].place, into->id,
                       "is asked for, which is not in 0x40000001-0x400000ff,", target);
        good = false;
    }
    return good;
}

/* *is_good: the case is one. False: there is no use in going on. */
static bool expand_case(struct expansion *expansion, struct scenario_case *into, bool *is_good) {
    into->id = scenario_case_id(expansion->reader, expansion->digits);
    if (!into->id)
        return scenario_note(expansion->reader, (struct scenario_place){0}, "out of memory");
    *is_good = expand_table(expansion, into) && expand_asks(expansion, into);
    return expansion->reader->leaves_count <= SCENARIO_LEAVES_MAX;
}

/* Moves on to the next case, the last key varying fastest. */
static void expansion_step(struct expansion *expansion) {
    const struct scenario_matrix *matrix = &expansion->reader->matrix;

    for (size_t i = matrix->count; i-- > 0;) {
        if (++expansion->digits[i] < matrix->keys[i].count)
            return;
        expansion->digits[i] = 0;
    }
}

static void expansion_note_disagreements(struct expansion *expansion) {
    struct scenario_reader *reader = expansion->reader;

    for (size_t i = 0; i < reader->plan.asks_count; i++) {
        struct disagreement *wrong = &expansion->disagreements[i];

        if (wrong->cases > 0)
            scenario_note(reader, reader->plan.expect[i].place,
                          "expected: %s, but by the spec function: %s (max 0x%" PRIx32
                          ", target 0x%" PRIx32 ", its EAX 0x%" PRIx32 "%s) in %zu of %zu cases, "
                          "first in %s",
                          outcome_text(reader->plan.expect[i].outcome),
                          outcome_text(wrong->outcome), wrong->maximum, wrong->target, wrong->eax,
                          reader->plan.present ? "" : ", no hypervisor", wrong->cases,
                          expansion->scenario->cases_count,
                          wrong->first_case ? wrong->first_case : "?");
        free(wrong->first_case);
    }
}

/* How many cases the matrix yields; 0 with a note: too many, or out of memory. */
static size_t matrix_cases(struct scenario_reader *reader) {
    size_t product = 1;

    for (size_t i = 0; i < reader->matrix.count; i++) {
        const struct scenario_key *key = &reader->matrix.keys[i];

        product *= key->count;
        if (product > SCENARIO_CASES_MAX) {
            scenario_note(reader, scenario_key_place(key->node),
                          "with '%s' the matrix yields more than %u cases", key->name,
                          SCENARIO_CASES_MAX);
            return 0;
        }
    }
    return product;
}

void scenario_expand(struct scenario_reader *reader, struct scenario *scenario) {
    struct expansion expansion = {.reader = reader, .scenario = scenario};
    size_t count = matrix_cases(reader);
    bool more = true, is_good = false;

    if (count == 0)
        return;
    scenario->cases = calloc(count, sizeof *scenario->cases);
    if (!scenario->cases) {
        scenario_note(reader, (struct scenario_place){0}, "out of memory");
        return;
    }
    scenario->needs_presence = !reader->plan.present;
    for (size_t i = 0; i < count && more; i++) {
        struct scenario_case *into = &scenario->cases[scenario->cases_count++];

        more = expand_case(&expansion, into, &is_good);
        if (more && reader->lenient && !is_good) {
            scenario_case_clear(into);
            *into = (struct scenario_case){0};
            scenario->cases_count--;
        }
        expansion_step(&expansion);
    }
    expansion_note_disagreements(&expansion);
}
