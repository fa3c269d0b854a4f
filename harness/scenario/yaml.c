/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/scenario/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TITLE_LENGTH_MAX 70u /* characters: titles stand in tables */

/* The format of a scenario file, from the inside out; scenarios/README.md says what it means. */
#define FIELD(structure, member) offsetof(struct structure, member)

static const struct yaml_key registers_keys[] = {
    {.name = "subleaf", .forms = YAML_TEXT, .offset = FIELD(scenario_registers_texts, subleaf)},
    {.name = "eax", .forms = YAML_TEXT, .offset = FIELD(scenario_registers_texts, eax)},
    {.name = "ebx", .forms = YAML_TEXT, .offset = FIELD(scenario_registers_texts, ebx)},
    {.name = "ecx", .forms = YAML_TEXT, .offset = FIELD(scenario_registers_texts, ecx)},
    {.name = "edx", .forms = YAML_TEXT, .offset = FIELD(scenario_registers_texts, edx)},
};
#define REGISTERS (sizeof registers_keys / sizeof registers_keys[0])

/* The same keys with fewer allowed: a table's later rows. */
static const struct yaml_shape leaf_shape = {"a leaf", registers_keys, REGISTERS,
                                             sizeof(struct scenario_registers_texts), false};
static const struct yaml_shape values_shape = {"a leaf's values", registers_keys + 1, REGISTERS - 1,
                                               sizeof(struct scenario_registers_texts), false};
static const struct yaml_shape signature_shape = {"'signature'", registers_keys + 2, REGISTERS - 2,
                                                  sizeof(struct scenario_registers_texts), false};

static const struct yaml_key leaves_key = {
    .forms = YAML_TEXT | YAML_LIST | YAML_MAP, .map = &leaf_shape, .list_of_maps = true};
static const struct yaml_shape leaves_shape = {"'leaves'", &leaves_key, 1, 0, true};

static const struct yaml_key hypervisor_keys[] = {
    {.name = "present", .forms = YAML_TEXT, .offset = FIELD(scenario_hypervisor_texts, present)},
    {.name = "signature",
     .forms = YAML_TEXT | YAML_MAP,
     .offset = FIELD(scenario_hypervisor_texts, signature),
     .map = &signature_shape},
    {.name = "max",
     .forms = YAML_TEXT,
     .required = true,
     .offset = FIELD(scenario_hypervisor_texts, max)},
    {.name = "leaves",
     .forms = YAML_MAP,
     .offset = FIELD(scenario_hypervisor_texts, leaves),
     .map = &leaves_shape},
    {.name = "unlisted",
     .forms = YAML_TEXT | YAML_MAP,
     .offset = FIELD(scenario_hypervisor_texts, unlisted),
     .map = &values_shape},
    {.name = "beyond",
     .forms = YAML_TEXT | YAML_MAP,
     .offset = FIELD(scenario_hypervisor_texts, beyond),
     .map = &values_shape},
};
static const struct yaml_shape hypervisor_shape = {
    "'hypervisor'", hypervisor_keys, sizeof hypervisor_keys / sizeof hypervisor_keys[0],
    sizeof(struct scenario_hypervisor_texts), false};

static const struct yaml_key matrix_key = {.forms = YAML_TEXT | YAML_LIST};
static const struct yaml_shape matrix_shape = {"'matrix'", &matrix_key, 1, 0, true};

static const struct yaml_key scenario_keys[] = {
    {.name = "title",
     .forms = YAML_TEXT,
     .required = true,
     .offset = FIELD(scenario_texts, title),
     .stand_in = "A title"},
    {.name = "rules",
     .forms = YAML_TEXT | YAML_LIST,
     .required = true,
     .offset = FIELD(scenario_texts, rules)},
    {.name = "why",
     .forms = YAML_TEXT,
     .required = true,
     .offset = FIELD(scenario_texts, why),
     .stand_in = "A reason"},
    {.name = "source", .forms = YAML_TEXT, .offset = FIELD(scenario_texts, source)},
    {.name = "breaks", .forms = YAML_TEXT | YAML_LIST, .offset = FIELD(scenario_texts, breaks)},
    {.name = "matrix",
     .forms = YAML_MAP,
     .offset = FIELD(scenario_texts, matrix),
     .map = &matrix_shape},
    {.name = "hypervisor",
     .forms = YAML_MAP,
     .required = true,
     .offset = FIELD(scenario_texts, hypervisor),
     .map = &hypervisor_shape},
    {.name = "ask",
     .forms = YAML_TEXT | YAML_LIST,
     .required = true,
     .offset = FIELD(scenario_texts, ask)},
    {.name = "expect",
     .forms = YAML_TEXT | YAML_LIST,
     .required = true,
     .offset = FIELD(scenario_texts, expect)},
};
static const struct yaml_shape scenario_shape = {"a scenario", scenario_keys,
                                                 sizeof scenario_keys / sizeof scenario_keys[0],
                                                 sizeof(struct scenario_texts), false};

bool scenario_note(struct scenario_reader *reader, struct scenario_place place, const char *format,
                   ...) {
    char message[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    reader->failed = true;
    return errors_add(reader->errors, reader->path, place.line, place.column, "%s", message);
}

struct scenario_place scenario_place(const struct yaml_tree *node) {
    return (struct scenario_place){node->line, node->column};
}

struct scenario_place scenario_key_place(const struct yaml_tree *node) {
    return (struct scenario_place){node->key_line, node->key_column};
}

size_t scenario_texts_count(const struct yaml_value *value) {
    return value->text ? 1 : value->count;
}

const char *scenario_text(const struct yaml_value *value, size_t index) {
    return value->text ? value->text : ((char *const *)value->items)[index];
}

const struct yaml_tree *scenario_text_node(const struct yaml_tree *node, size_t index) {
    return node->kind == YAML_TREE_LIST && index < node->count ? &node->items[index] : node;
}

/* A copy without blanks and line ends at the end, which block texts have; "" becomes a note. */
static char *read_text(struct scenario_reader *reader, const struct yaml_value *value,
                       const struct yaml_tree *node) {
    size_t length;
    char *copy;

    if (!value->text)
        return NULL;
    length = strlen(value->text);
    while (length > 0 && strchr(" \n", value->text[length - 1]))
        length--;
    if (length == 0)
        scenario_note(reader, scenario_place(node), "'%s' is empty", node->key);
    copy = strndup(value->text, length);
    if (!copy)
        scenario_note(reader, scenario_place(node), "out of memory");
    return copy;
}

/* Characters of UTF-8 text: all bytes but those that continue one. */
static size_t text_characters(const char *text) {
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static void check_title(struct scenario_reader *reader, const char *title,
                        const struct yaml_tree *node) {
    if (!title)
        return;
    if (text_characters(title) > TITLE_LENGTH_MAX)
        scenario_note(reader, scenario_place(node), "the title has %zu characters, %u are allowed",
                      text_characters(title), TITLE_LENGTH_MAX);
    if (strncasecmp(title, "test that", 9) == 0)
        scenario_note(reader, scenario_place(node),
                      "the title starts with 'test that': say the idea itself");
    if (strchr(title, '\n'))
        scenario_note(reader, scenario_place(node), "the title has several lines");
}

/* The rule that is named; -1 with a note when there is none, or the list has it already. */
static int read_rule(struct scenario_reader *reader, const char *id, struct scenario_place place,
                     const enum rule_id *list, size_t count) {
    int rule = rules_find(id);
    const char *nearest = rule < 0 ? rules_nearest(id) : NULL;

    if (nearest) {
        scenario_note(reader, place, "no rule '%s': did you mean '%s'?", id, nearest);
        return -1;
    }
    if (rule < 0) {
        scenario_note(reader, place, "no rule '%s': 'hvspec list rules' shows them", id);
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (list[i] == (enum rule_id)rule) {
            scenario_note(reader, place, "rule '%s' again", id);
            return -1;
        }
    }
    return rule;
}

/* A list of rules in memory of its own; NULL with a note: out of memory. */
static enum rule_id *read_list(struct scenario_reader *reader, const struct yaml_value *value,
                               const struct yaml_tree *node, size_t *count) {
    size_t named = scenario_texts_count(value);
    enum rule_id *list = calloc(named + 1, sizeof *list);

    if (!list)
        scenario_note(reader, scenario_place(node), "out of memory");
    for (size_t i = 0; list && i < named; i++) {
        int rule = read_rule(reader, scenario_text(value, i),
                             scenario_place(scenario_text_node(node, i)), list, *count);

        if (rule >= 0)
            list[(*count)++] = (enum rule_id)rule;
    }
    return list;
}

static void read_rules(struct scenario_reader *reader, struct scenario *scenario,
                       const struct yaml_value *value, const struct yaml_tree *node) {
    scenario->rules = read_list(reader, value, node, &scenario->rules_count);
    if (scenario_texts_count(value) == 0)
        scenario_note(reader, scenario_place(node), "'rules' names no rule");
}

/* What the table breaks, which is judged on tables. An empty list says that it breaks nothing. */
static void read_breaks(struct scenario_reader *reader, struct scenario *scenario,
                        const struct yaml_value *value, const struct yaml_tree *node) {
    scenario->breaks = read_list(reader, value, node, &scenario->breaks_count);
    scenario->breaks_line = node->key_line;
    for (size_t i = 0; i < scenario->breaks_count; i++) {
        if (!rules[scenario->breaks[i]].about_tables)
            scenario_note(reader, scenario_key_place(node),
                          "'%s' is judged on probes: 'breaks' lists what the table itself breaks, "
                          "rules hypervisor/*",
                          rules[scenario->breaks[i]].id);
    }
}

/* A machine without a hypervisor is judged with --profile presence only. */
static void check_presence(struct scenario_reader *reader, const struct scenario *scenario,
                           const struct yaml_tree *hypervisor) {
    if (reader->plan.present)
        return;
    for (size_t i = 0; i < scenario->rules_count; i++) {
        const char *id = rules[scenario->rules[i]].id;

        if (strncmp(id, "presence/", 9) != 0 && strncmp(id, "platform/", 9) != 0) {
            scenario_note(reader, scenario_place(yaml_tree_get(hypervisor, "present")),
                          "'present: false' is for presence/* and platform/* rules only, not for "
                          "'%s'",
                          id);
            return;
        }
    }
}

static void read_scenario(struct scenario_reader *reader, struct scenario *scenario,
                          const struct scenario_texts *texts, const struct yaml_tree *root) {
    const struct yaml_tree *matrix = yaml_tree_get(root, "matrix");
    const struct yaml_tree *breaks = yaml_tree_get(root, "breaks");
    const struct yaml_tree *hypervisor = yaml_tree_get(root, "hypervisor");

    scenario->title = read_text(reader, &texts->title, yaml_tree_get(root, "title"));
    scenario->why = read_text(reader, &texts->why, yaml_tree_get(root, "why"));
    scenario->source = read_text(reader, &texts->source, yaml_tree_get(root, "source"));
    check_title(reader, scenario->title, yaml_tree_get(root, "title"));
    read_rules(reader, scenario, &texts->rules, yaml_tree_get(root, "rules"));
    if (breaks)
        read_breaks(reader, scenario, &texts->breaks, breaks);
    scenario->hypervisor_line = hypervisor ? hypervisor->key_line : 0;
    if (matrix)
        scenario_matrix_names(reader, matrix);
    scenario_plan_read(reader, texts, root);
    check_presence(reader, scenario, hypervisor);
    if (matrix)
        scenario_matrix_values(reader, texts->matrix.items);
    if (!reader->failed)
        scenario_expand(reader, scenario);
    if (!reader->failed && matrix)
        scenario_check_same(reader, scenario, scenario_key_place(matrix));
}

bool scenario_read(struct scenario *scenario, const struct scenario_set *set, uint64_t seed,
                   struct errors *errors) {
    struct scenario_reader reader = {
        .path = scenario->path, .id = scenario->id, .seed = seed, .errors = errors};
    struct yaml_file *file = yaml_file_load(scenario->path, errors), *mended = NULL;
    struct yaml_data *data = file ? yaml_shape_load(file, &scenario_shape, errors) : NULL;
    struct errors told = {0}; /* what is wrong with the shape has been said already */
    bool good = data != NULL;

    if (file && !good) {
        mended = yaml_shape_mend(file, &scenario_shape, &reader.failed);
        data = mended ? yaml_shape_load(mended, &scenario_shape, &told) : NULL;
    }
    errors_clear(&told);
    if (data)
        read_scenario(&reader, scenario, yaml_shape_root(data),
                      mended ? &mended->root : &file->root);
    if (data && !reader.failed && set->targets)
        scenario_retarget(&reader, scenario, set->targets, set->targets_count);
    scenario_plan_clear(&reader.plan);
    scenario_matrix_clear(&reader.matrix);
    yaml_shape_free(data);
    yaml_file_free(mended);
    yaml_file_free(file);
    return good && !reader.failed;
}
