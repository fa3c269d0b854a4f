/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/yaml/shape.h"

#include "base/nearest.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A piece of schema, kept until the data that was loaded with it is freed. */
struct schema_block {
    struct schema_block *next;
    max_align_t bytes[];
};

struct yaml_data {
    void *root;
    struct schema_block *blocks;
    cyaml_schema_value_t top;
};

#define SHAPE_KEYS_MAX 32u /* of one map */

struct checker {
    const char *path;
    struct errors *errors;
    bool good;
};

static const cyaml_config_t config = {
    .mem_fn = cyaml_mem,
    .flags = CYAML_CFG_NO_ALIAS,
};

static const cyaml_schema_value_t text_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED),
};

const struct yaml_key *yaml_shape_key(const struct yaml_shape *shape, const char *name) {
    if (shape->any_key)
        return &shape->keys[0];
    for (size_t i = 0; i < shape->count; i++) {
        if (strcmp(shape->keys[i].name, name) == 0)
            return &shape->keys[i];
    }
    return NULL;
}

const char *yaml_shape_nearest(const struct yaml_shape *shape, const char *name) {
    const char *names[SHAPE_KEYS_MAX];
    size_t count = 0;

    for (; count < shape->count && count < SHAPE_KEYS_MAX; count++)
        names[count] = shape->keys[count].name;
    return nearest_word(name, names, count);
}

/* All keys of a map, ", " between them, as far as they fit. */
static const char *shape_keys_text(const struct yaml_shape *shape, char *text, size_t size) {
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < shape->count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 shape->keys[i].name);
    return text;
}

static void check_note_unknown(struct checker *checker, const struct yaml_shape *shape,
                               const struct yaml_tree *item) {
    const char *nearest = yaml_shape_nearest(shape, item->key);
    char keys[512];

    checker->good = false;
    errors_add(checker->errors, checker->path, item->key_line, item->key_column,
               "unknown key '%s' in %s: %s%s%s", item->key, shape->what,
               nearest ? "did you mean '" : "there are ",
               nearest ? nearest : shape_keys_text(shape, keys, sizeof keys), nearest ? "'?" : "");
}

/* A mistyped key is one mistake, and not a missing one besides. */
static bool check_is_mistyped(const struct yaml_shape *shape, const struct yaml_tree *map,
                              const char *name) {
    for (size_t i = 0; i < map->count; i++) {
        const char *key = map->items[i].key;
        const char *nearest = yaml_shape_key(shape, key) ? NULL : yaml_shape_nearest(shape, key);

        if (nearest && strcmp(nearest, name) == 0)
            return true;
    }
    return false;
}

static const char *form_text(unsigned forms) {
    static const char *const texts[] = {
        [YAML_TEXT] = "text or a number",
        [YAML_LIST] = "a list",
        [YAML_MAP] = "a map",
        [YAML_TEXT | YAML_LIST] = "text, a number or a list",
        [YAML_TEXT | YAML_MAP] = "text, a number or a map",
        [YAML_LIST | YAML_MAP] = "a list or a map",
        [YAML_TEXT | YAML_LIST | YAML_MAP] = "text, a number, a list or a map",
    };

    return texts[forms & (YAML_TEXT | YAML_LIST | YAML_MAP)];
}

static bool check_form(struct checker *checker, const struct yaml_tree *node, unsigned forms,
                       const char *what) {
    static const unsigned form_of_kind[] = {
        [YAML_TREE_SCALAR] = YAML_TEXT,
        [YAML_TREE_LIST] = YAML_LIST,
        [YAML_TREE_MAP] = YAML_MAP,
    };

    if (forms & form_of_kind[node->kind])
        return true;
    checker->good = false;
    return errors_add(checker->errors, checker->path, node->line, node->column,
                      "%s has to be %s, not %s", what, form_text(forms),
                      yaml_tree_kind_text(node->kind));
}

static void check_map(struct checker *checker, const struct yaml_shape *shape,
                      const struct yaml_tree *map);

unsigned yaml_item_forms(const struct yaml_key *key) {
    if (key->forms & YAML_MIXED)
        return YAML_TEXT | YAML_MAP;
    return key->list_of_maps ? YAML_MAP : YAML_TEXT;
}

static void check_value(struct checker *checker, const struct yaml_key *key,
                        const struct yaml_tree *node) {
    char item[96];

    if (!check_form(checker, node, key->forms, node->key))
        return;
    if (node->kind == YAML_TREE_MAP)
        check_map(checker, key->map, node);
    if (node->kind != YAML_TREE_LIST)
        return;
    snprintf(item, sizeof item, "an item of %.64s", node->key);
    for (size_t i = 0; i < node->count; i++) {
        if (check_form(checker, &node->items[i], yaml_item_forms(key), item) &&
            node->items[i].kind == YAML_TREE_MAP)
            check_map(checker, key->map, &node->items[i]);
    }
}

/* Compares a key with all before it, whose number the reader bounds. */
static void check_repeated(struct checker *checker, const struct yaml_tree *map, size_t index) {
    const struct yaml_tree *item = &map->items[index];
    const struct yaml_tree *first = yaml_tree_get(map, item->key);

    if (first == item)
        return;
    checker->good = false;
    errors_add(checker->errors, checker->path, item->key_line, item->key_column,
               "key '%s' again: the first is in line %u", item->key, first->key_line);
}

static void check_map(struct checker *checker, const struct yaml_shape *shape,
                      const struct yaml_tree *map) {
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_key *key = yaml_shape_key(shape, map->items[i].key);

        check_repeated(checker, map, i);
        if (key)
            check_value(checker, key, &map->items[i]);
        else
            check_note_unknown(checker, shape, &map->items[i]);
    }
    for (size_t i = 0; !shape->any_key && i < shape->count; i++) {
        if (!shape->keys[i].required || yaml_tree_get(map, shape->keys[i].name) ||
            check_is_mistyped(shape, map, shape->keys[i].name))
            continue;
        checker->good = false;
        errors_add(checker->errors, checker->path, map->line, map->column, "%s has no '%s': add it",
                   shape->what, shape->keys[i].name);
    }
}

static void *schema_allocate(struct yaml_data *data, size_t size) {
    struct schema_block *block = calloc(1, sizeof *block + size);

    if (!block)
        return NULL;
    block->next = data->blocks;
    data->blocks = block;
    return block->bytes;
}

static bool schema_map(struct yaml_data *data, const struct yaml_shape *shape,
                       const struct yaml_tree *map, cyaml_schema_value_t *value);

/* Maps in a list share one schema, so it has every key, and in its text form only. */
static bool schema_list_entry(struct yaml_data *data, const struct yaml_shape *shape,
                              cyaml_schema_value_t *entry) {
    cyaml_schema_field_t *fields = schema_allocate(data, (shape->count + 1) * sizeof *fields);

    if (!fields)
        return false;
    for (size_t i = 0; i < shape->count; i++) {
        fields[i].key = shape->keys[i].name;
        fields[i].data_offset =
            (uint32_t)(shape->keys[i].offset + offsetof(struct yaml_value, text));
        fields[i].value = text_entry;
        fields[i].value.flags |= CYAML_FLAG_OPTIONAL;
    }
    entry->type = CYAML_MAPPING;
    entry->flags = CYAML_FLAG_DEFAULT;
    entry->data_size = (uint32_t)shape->size;
    entry->mapping.fields = fields;
    return true;
}

static bool schema_list(struct yaml_data *data, const struct yaml_key *key,
                        cyaml_schema_field_t *field, size_t offset) {
    cyaml_schema_value_t *entry = NULL;

    if (key->list_of_maps) {
        entry = schema_allocate(data, sizeof *entry);
        if (!entry || !schema_list_entry(data, key->map, entry))
            return false;
    }
    field->data_offset = (uint32_t)(offset + offsetof(struct yaml_value, items));
    field->count_offset = (uint32_t)(offset + offsetof(struct yaml_value, count));
    field->count_size = sizeof(((struct yaml_value *)0)->count);
    field->value.type = CYAML_SEQUENCE;
    field->value.flags = CYAML_FLAG_POINTER;
    field->value.data_size = (uint32_t)(entry ? entry->data_size : sizeof(char *));
    field->value.sequence.entry = entry ? entry : &text_entry;
    field->value.sequence.max = CYAML_UNLIMITED;
    return true;
}

static bool schema_field(struct yaml_data *data, const struct yaml_key *key,
                         const struct yaml_tree *node, size_t offset, cyaml_schema_field_t *field) {
    field->key = node->key;
    for (size_t i = 0; (key->forms & YAML_MIXED) && i < node->count; i++) {
        if (node->items[i].kind == YAML_TREE_MAP) { /* libcyaml knows lists of one kind only */
            field->value.type = CYAML_IGNORE;
            return true;
        }
    }
    switch (node->kind) {
    case YAML_TREE_LIST:
        return schema_list(data, key, field, offset);
    case YAML_TREE_MAP:
        field->data_offset = (uint32_t)(offset + offsetof(struct yaml_value, items));
        return schema_map(data, key->map, node, &field->value);
    case YAML_TREE_SCALAR:
        break;
    }
    field->data_offset = (uint32_t)(offset + offsetof(struct yaml_value, text));
    field->value = text_entry;
    return true;
}

/* The schema of one map, with just the keys that it has, each in the form that it has there. */
static bool schema_map(struct yaml_data *data, const struct yaml_shape *shape,
                       const struct yaml_tree *map, cyaml_schema_value_t *value) {
    cyaml_schema_field_t *fields = schema_allocate(data, (map->count + 1) * sizeof *fields);

    if (!fields)
        return false;
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_key *key = yaml_shape_key(shape, map->items[i].key);
        size_t offset = shape->any_key ? i * sizeof(struct yaml_value) : key->offset;

        if (!schema_field(data, key, &map->items[i], offset, &fields[i]))
            return false;
    }
    value->type = CYAML_MAPPING;
    value->flags = CYAML_FLAG_POINTER;
    value->data_size =
        (uint32_t)(shape->any_key ? (map->count + 1) * sizeof(struct yaml_value) : shape->size);
    value->mapping.fields = fields;
    return true;
}

struct yaml_data *yaml_shape_load(const struct yaml_file *file, const struct yaml_shape *shape,
                                  struct errors *errors) {
    struct checker checker = {file->path, errors, true};
    struct yaml_data *data;
    cyaml_err_t error = CYAML_ERR_OOM;

    if (!check_form(&checker, &file->root, YAML_MAP, shape->what))
        return NULL;
    check_map(&checker, shape, &file->root);
    if (!checker.good)
        return NULL;
    data = calloc(1, sizeof *data);
    if (data && schema_map(data, shape, &file->root, &data->top))
        error = cyaml_load_data((const uint8_t *)file->bytes, file->size, &config, &data->top,
                                &data->root, NULL);
    if (error != CYAML_OK) {
        /* libyaml has read it before, for the tree: what it lacks now is memory. */
        if (error == CYAML_ERR_OOM || error == CYAML_ERR_LIBYAML_PARSER ||
            error == CYAML_ERR_LIBYAML_PARSER_INIT)
            errors_add_system(errors, file->path, "cannot be loaded", ENOMEM);
        else
            errors_add(errors, file->path, 0, 0, "%s", cyaml_strerror(error));
        yaml_shape_free(data);
        return NULL;
    }
    return data;
}

const void *yaml_shape_root(const struct yaml_data *data) {
    return data->root;
}

void yaml_shape_free(struct yaml_data *data) {
    if (!data)
        return;
    cyaml_free(&config, &data->top, data->root, 0);
    while (data->blocks) {
        struct schema_block *next = data->blocks->next;

        free(data->blocks);
        data->blocks = next;
    }
    free(data);
}

const char *yaml_shape_library_version(void) {
    return cyaml_version_str;
}
