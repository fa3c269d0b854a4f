/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/scenario/plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* An expression of a key that a map may have; absent: zero. */
static void plan_read_optional(struct scenario_reader *reader, const struct yaml_value *value,
                               const struct yaml_tree *map, const char *key,
                               struct scenario_expression *expression) {
    if (value->text)
        scenario_expression_parse(reader, scenario_place(yaml_tree_get(map, key)), value->text,
                                  expression);
}

static void plan_read_register(struct scenario_reader *reader, const struct yaml_value *value,
                               const struct yaml_tree *map, const char *key, bool words,
                               struct scenario_register *into) {
    struct scenario_place place;

    if (!value->text)
        return;
    place = scenario_place(yaml_tree_get(map, key));
    into->filled = scenario_fill_parse(value->text, &into->fill);
    if (!into->filled)
        scenario_expression_parse(reader, place, value->text, &into->value);
    else if (!words)
        scenario_note(reader, place, "'%s' cannot stand for one register here: write a number",
                      value->text);
}

/* `words`: a register may be a word such as junk. */
static void plan_read_registers(struct scenario_reader *reader,
                                const struct scenario_registers_texts *texts,
                                const struct yaml_tree *map, bool words,
                                struct scenario_fill *fill) {
    const struct {
        const char *key;
        const struct yaml_value *value;
    } rows[4] = {
        {"eax", &texts->eax}, {"ebx", &texts->ebx}, {"ecx", &texts->ecx}, {"edx", &texts->edx}};

    fill->fill = CPUID_FILL_VALUES;
    for (size_t i = 0; i < 4; i++)
        plan_read_register(reader, rows[i].value, map, rows[i].key, words, &fill->registers[i]);
}

/* A word, a matrix key that holds words, or registers. */
static void plan_read_fill(struct scenario_reader *reader, const struct yaml_value *value,
                           const struct yaml_tree *node, struct scenario_fill *fill) {
    const char *text = value->text;

    if (value->items) {
        plan_read_registers(reader, value->items, node, false, fill);
    } else if (text && text[0] == '$') {
        fill->varies = scenario_matrix_use(reader, scenario_place(node), text + 1, strlen(text + 1),
                                           SCENARIO_FILL, &fill->key);
    } else if (text && !scenario_fill_parse(text, &fill->fill)) {
        scenario_note(reader, scenario_place(node),
                      "'%s' is none of zero, highest-basic, base, junk, $key and {eax: ...}", text);
    }
}

static void plan_read_signature_registers(struct scenario_reader *reader,
                                          const struct scenario_registers_texts *texts,
                                          const struct yaml_tree *map) {
    struct scenario_plan *plan = &reader->plan;

    plan->signature_by_register = true;
    plan_read_optional(reader, &texts->ebx, map, "ebx", &plan->signature_registers[0]);
    plan_read_optional(reader, &texts->ecx, map, "ecx", &plan->signature_registers[1]);
    plan_read_optional(reader, &texts->edx, map, "edx", &plan->signature_registers[2]);
}

/* Text of up to twelve bytes, a matrix key that holds signatures, or registers; none: zero. */
static void plan_read_signature(struct scenario_reader *reader, const struct yaml_value *value,
                                const struct yaml_tree *node) {
    struct scenario_plan *plan = &reader->plan;
    const char *text = value->text;

    if (value->items)
        plan_read_signature_registers(reader, value->items, node);
    else if (text && text[0] == '$')
        plan->signature_varies =
            scenario_matrix_use(reader, scenario_place(node), text + 1, strlen(text + 1),
                                SCENARIO_SIGNATURE, &plan->signature_key);
    else if (text && strlen(text) > SIGNATURE_SIZE)
        scenario_note(reader, scenario_place(node), "'%s' is longer than a signature's 12 bytes",
                      text);
    else if (text)
        memcpy(plan->signature, text, strlen(text));
}

/* The key of a line of `leaves`: "LEAF" or "FIRST..LAST", both expressions. Cuts the key's text in
 * two at the dots, so `text` is a copy that lives as long as the plan. */
static void plan_read_leaf_key(struct scenario_reader *reader, char *text,
                               struct scenario_row *row) {
    char *dots = strstr(text, "..");

    row->range = dots != NULL;
    if (dots)
        *dots = '\0';
    if (scenario_expression_parse(reader, row->place, text, &row->first) && dots)
        scenario_expression_parse(reader, row->place, dots + 2, &row->last);
}

static struct scenario_row *plan_add_row(struct scenario_reader *reader,
                                         const struct yaml_tree *node) {
    struct scenario_plan *plan = &reader->plan;
    struct scenario_row *grown = realloc(plan->rows, (plan->rows_count + 1) * sizeof *grown);
    struct scenario_row *row;

    if (grown)
        plan->rows = grown;
    if (!grown) {
        scenario_note(reader, scenario_key_place(node), "out of memory");
        return NULL;
    }
    row = &plan->rows[plan->rows_count++];
    *row = (struct scenario_row){.place = scenario_key_place(node), .every_subleaf = true};
    row->key_text = strdup(node->key);
    if (!row->key_text)
        scenario_note(reader, row->place, "out of memory");
    else
        plan_read_leaf_key(reader, row->key_text, row);
    return row;
}

static void plan_read_subleaves(struct scenario_reader *reader, const struct yaml_value *value,
                                const struct yaml_tree *node) {
    const struct scenario_registers_texts *texts = value->items;

    if (value->count == 0)
        scenario_note(reader, scenario_place(node), "'%s' lists no subleaf", node->key);
    for (size_t i = 0; i < value->count; i++) {
        const struct yaml_tree *map = &node->items[i];
        struct scenario_row *row = plan_add_row(reader, node);

        if (!row)
            return;
        row->place = scenario_place(map);
        row->every_subleaf = false;
        if (!texts[i].subleaf.text)
            scenario_note(reader, row->place, "an item of a list of subleaves has no 'subleaf'");
        plan_read_optional(reader, &texts[i].subleaf, map, "subleaf", &row->subleaf);
        plan_read_registers(reader, &texts[i], map, true, &row->contents);
    }
}

static void plan_read_leaf(struct scenario_reader *reader, const struct yaml_value *value,
                           const struct yaml_tree *node) {
    const struct scenario_registers_texts *texts = value->items;
    struct scenario_row *row;

    if (node->kind == YAML_TREE_LIST) {
        plan_read_subleaves(reader, value, node);
        return;
    }
    row = plan_add_row(reader, node);
    if (!row)
        return;
    if (texts && texts->subleaf.text)
        scenario_note(reader, scenario_place(yaml_tree_get(node, "subleaf")),
                      "subleaves go into a list: [{subleaf: 0, eax: 1}]");
    if (texts)
        plan_read_registers(reader, texts, node, true, &row->contents);
    else
        plan_read_fill(reader, value, node, &row->contents);
}

static void plan_read_present(struct scenario_reader *reader, const struct yaml_tree *node) {
    bool present = true;

    if (node && !yaml_tree_bool(node, &present)) {
        scenario_note(reader, scenario_place(node), "'present' is true or false, not '%s'",
                      node->text);
        present = true;
    }
    reader->plan.present = present;
}

static void plan_read_hypervisor(struct scenario_reader *reader,
                                 const struct scenario_hypervisor_texts *texts,
                                 const struct yaml_tree *map) {
    struct scenario_plan *plan = &reader->plan;
    const struct yaml_tree *leaves = yaml_tree_get(map, "leaves");
    const struct yaml_value *values = texts->leaves.items;

    plan_read_present(reader, yaml_tree_get(map, "present"));
    plan_read_optional(reader, &texts->max, map, "max", &plan->maximum);
    plan_read_signature(reader, &texts->signature, yaml_tree_get(map, "signature"));
    for (size_t i = 0; leaves && i < leaves->count; i++)
        plan_read_leaf(reader, &values[i], &leaves->items[i]);
    plan_read_fill(reader, &texts->unlisted, yaml_tree_get(map, "unlisted"), &plan->unlisted);
    plan_read_fill(reader, &texts->beyond, yaml_tree_get(map, "beyond"), &plan->beyond);
}

static void plan_read_asks(struct scenario_reader *reader, const struct yaml_value *value,
                           const struct yaml_tree *node) {
    struct scenario_plan *plan = &reader->plan;
    size_t count = scenario_texts_count(value);

    if (count == 0 || count > SCENARIO_ASKS_MAX) {
        scenario_note(reader, scenario_place(node), "'ask' has %zu questions, not 1 to %u", count,
                      SCENARIO_ASKS_MAX);
        return;
    }
    for (size_t i = 0; i < count; i++)
        scenario_expression_parse(reader, scenario_place(scenario_text_node(node, i)),
                                  scenario_text(value, i), &plan->asks[i]);
    plan->asks_count = count;
}

/* One word for all questions, or a list of one each. */
static void plan_read_expect(struct scenario_reader *reader, const struct yaml_value *value,
                             const struct yaml_tree *node) {
    struct scenario_plan *plan = &reader->plan;
    size_t count = scenario_texts_count(value);

    if (!value->text && plan->asks_count > 0 && count != plan->asks_count)
        scenario_note(reader, scenario_place(node), "'expect' has %zu outcomes for %zu questions",
                      count, plan->asks_count);
    for (size_t i = 0; i < SCENARIO_ASKS_MAX && (value->text || i < count); i++) {
        const char *word = scenario_text(value, value->text ? 0 : i);

        plan->expect[i].place = scenario_place(scenario_text_node(node, i));
        if (outcome_parse(word, &plan->expect[i].outcome))
            continue;
        scenario_note(reader, plan->expect[i].place,
                      "'%s' is none of available, not-available and not-implemented", word);
        if (value->text)
            return;
    }
}

void scenario_plan_read(struct scenario_reader *reader, const struct scenario_texts *texts,
                        const struct yaml_tree *root) {
    plan_read_hypervisor(reader, texts->hypervisor.items, yaml_tree_get(root, "hypervisor"));
    plan_read_asks(reader, &texts->ask, yaml_tree_get(root, "ask"));
    plan_read_expect(reader, &texts->expect, yaml_tree_get(root, "expect"));
}

void scenario_plan_clear(struct scenario_plan *plan) {
    for (size_t i = 0; i < plan->rows_count; i++)
        free(plan->rows[i].key_text);
    free(plan->rows);
    *plan = (struct scenario_plan){0};
}
