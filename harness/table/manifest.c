/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/manifest.h"

#include "harness/yaml/shape.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define MANIFEST_TABLES_MAX 64u /* in one file: each is read out of the whole */
#define MANIFEST_NAME_MAX 100u  /* bytes */

struct manifest {
    struct yaml_value table, file, implements, exclude;
};

static const struct yaml_key any_reason[] = {{"", YAML_TEXT, false, 0, NULL, false, NULL}};
static const struct yaml_shape reason_by_rule = {"exclude", any_reason, 1, 0, true};

#define MANIFEST(member) offsetof(struct manifest, member)
static const struct yaml_key manifest_keys[] = {
    {"table", YAML_TEXT, true, MANIFEST(table), NULL, false, "table"},
    {"file", YAML_TEXT, true, MANIFEST(file), NULL, false, NULL},
    {"implements", YAML_LIST, false, MANIFEST(implements), NULL, false, NULL},
    {"exclude", YAML_MAP, false, MANIFEST(exclude), &reason_by_rule, false, NULL},
};
static const struct yaml_shape manifest_shape = {
    "a table's manifest",    manifest_keys, sizeof manifest_keys / sizeof *manifest_keys,
    sizeof(struct manifest), false,
};

struct manifest_reader {
    const struct yaml_file *file;
    const struct manifest *data;
    struct table_manifest *out;
    struct errors *errors;
};

static bool manifest_error(const struct manifest_reader *reader, const struct yaml_tree *node,
                           const char *message) {
    return errors_add(reader->errors, reader->file->path, node->line, node->column, "%s", message);
}

/* Names are columns of a baseline, so they hold no space; "#" numbers the tables of a file. */
static bool read_name(const struct manifest_reader *reader) {
    const struct yaml_tree *node = yaml_tree_get(&reader->file->root, "table");
    const char *name = reader->data->table.text;

    if (*name == '\0' || strlen(name) > MANIFEST_NAME_MAX)
        return manifest_error(reader, node, "a table's name has 1 to 100 bytes");
    for (const char *c = name; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '#')
            return manifest_error(reader, node,
                                  "a table's name holds no spaces, control characters or #");
    }
    reader->out->name = strdup(name);
    return reader->out->name || manifest_error(reader, node, "out of memory");
}

static bool read_file(const struct manifest_reader *reader) {
    const struct yaml_tree *node = yaml_tree_get(&reader->file->root, "file");
    const char *path = reader->file->path, *slash = strrchr(path, '/');
    const char *file = reader->data->file.text;

    if (*file == '\0' || strcmp(file, "-") == 0)
        return manifest_error(reader, node, "file is the dump's path, relative to the manifest");
    if (file[0] == '/' || !slash)
        reader->out->path = strdup(file);
    else if (asprintf(&reader->out->path, "%.*s/%s", (int)(slash - path), path, file) < 0)
        reader->out->path = NULL;
    return reader->out->path || manifest_error(reader, node, "out of memory");
}

static bool read_leaf(const struct manifest_reader *reader, const struct yaml_tree *node) {
    struct table_manifest *out = reader->out;
    uint64_t leaf;

    if (!yaml_tree_number(node, &leaf, NULL) || leaf <= CPUID_BASE || leaf > CPUID_BLOCK_LAST)
        return manifest_error(reader, node,
                              "implements lists leaves from 0x40000001 to 0x400000ff");
    for (size_t i = 0; i < out->implements_count; i++) {
        if (out->implements[i] == leaf)
            return manifest_error(reader, node, "this leaf is listed already");
    }
    out->implements[out->implements_count++] = (uint32_t)leaf;
    return true;
}

/* An empty list says that nothing is implemented, which a missing one does not. */
static bool read_implements(const struct manifest_reader *reader) {
    const struct yaml_tree *list = yaml_tree_get(&reader->file->root, "implements");
    bool good = true;

    if (!list)
        return true;
    reader->out->declared = true;
    reader->out->implements = calloc(list->count + 1, sizeof *reader->out->implements);
    if (!reader->out->implements)
        return manifest_error(reader, list, "out of memory");
    for (size_t i = 0; i < list->count; i++)
        good &= read_leaf(reader, &list->items[i]);
    return good;
}

static bool read_exclusion(const struct manifest_reader *reader, const struct yaml_tree *node) {
    struct table_manifest *out = reader->out;
    struct table_exclusion *exclusion = &out->exclusions[out->exclusions_count];
    int rule = rules_find(node->key);

    if (rule < 0) {
        const char *nearest = rules_nearest(node->key);

        return errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                          "no rule '%s'%s%s%s", node->key, nearest ? ": did you mean '" : "",
                          nearest ? nearest : " (hvspec list rules)", nearest ? "'?" : "");
    }
    if (!rules[rule].about_tables)
        return errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                          "'%s' is judged on probes: the rules about tables are hypervisor/*",
                          node->key);
    if (node->text[strspn(node->text, " \t\n")] == '\0')
        return errors_add(reader->errors, reader->file->path, node->line, node->column,
                          "%s is excluded without a reason: say why, it is shown in reports",
                          node->key);
    exclusion->rule = (enum rule_id)rule;
    exclusion->reason = strdup(node->text);
    if (!exclusion->reason)
        return manifest_error(reader, node, "out of memory");
    out->exclusions_count++;
    return true;
}

static bool read_exclusions(const struct manifest_reader *reader) {
    const struct yaml_tree *map = yaml_tree_get(&reader->file->root, "exclude");
    bool good = true;

    if (!map)
        return true;
    reader->out->exclusions = calloc(map->count + 1, sizeof *reader->out->exclusions);
    if (!reader->out->exclusions)
        return manifest_error(reader, map, "out of memory");
    for (size_t i = 0; i < map->count; i++)
        good &= read_exclusion(reader, &map->items[i]);
    return good;
}

/* Every step notes its mistakes and lets the next one note its own. */
static bool read_manifest(const struct manifest_reader *reader) {
    bool name = read_name(reader);
    bool file = read_file(reader);
    bool implements = read_implements(reader);
    bool exclusions = read_exclusions(reader);

    return name && file && implements && exclusions;
}

static bool load_one(const struct yaml_file *file, struct table_manifests *manifests,
                     struct errors *errors) {
    struct yaml_data *data = yaml_shape_load(file, &manifest_shape, errors);
    struct manifest_reader reader = {file, data ? yaml_shape_root(data) : NULL,
                                     &manifests->list[manifests->count], errors};
    bool good;

    if (!data)
        return false;
    manifests->count++;
    reader.out->line = file->root.line;
    reader.out->column = file->root.column;
    good = read_manifest(&reader);
    yaml_shape_free(data);
    return good;
}

static bool load_list(const struct yaml_file *file, struct table_manifests *manifests,
                      struct errors *errors) {
    bool good = true;

    for (size_t i = 0; i < file->root.count; i++) {
        struct yaml_file *item = yaml_file_item(file, &file->root.items[i], errors);

        good = item && load_one(item, manifests, errors) && good;
        yaml_file_free(item);
    }
    return good;
}

static bool load_file(const struct yaml_file *file, struct table_manifests *manifests,
                      struct errors *errors) {
    size_t count = file->root.kind == YAML_TREE_LIST ? file->root.count : 1;

    if (count > MANIFEST_TABLES_MAX)
        return errors_add(errors, file->path, file->root.line, file->root.column,
                          "a manifest holds 1 to %u tables", MANIFEST_TABLES_MAX);
    manifests->list = calloc(count + 1, sizeof *manifests->list);
    if (!manifests->list)
        return errors_add(errors, file->path, 0, 0, "out of memory");
    return file->root.kind == YAML_TREE_LIST ? load_list(file, manifests, errors)
                                             : load_one(file, manifests, errors);
}

bool table_manifests_load(const char *path, struct table_manifests *manifests,
                          struct errors *errors) {
    struct yaml_file *file = yaml_file_load(path, errors);
    bool good = file && load_file(file, manifests, errors);

    yaml_file_free(file);
    return good;
}

void table_manifests_clear(struct table_manifests *manifests) {
    for (size_t i = 0; i < manifests->count; i++) {
        struct table_manifest *manifest = &manifests->list[i];

        for (size_t k = 0; k < manifest->exclusions_count; k++)
            free(manifest->exclusions[k].reason);
        free(manifest->exclusions);
        free(manifest->implements);
        free(manifest->name);
        free(manifest->path);
    }
    free(manifests->list);
    *manifests = (struct table_manifests){0};
}

/* The first thing that a YAML file lists, or all of it. */
static const struct yaml_tree *manifest_first(const struct yaml_tree *root) {
    return root->kind == YAML_TREE_LIST && root->count > 0 ? &root->items[0] : root;
}

bool table_manifest_recognises(const struct yaml_tree *root) {
    return yaml_tree_get(manifest_first(root), "table") != NULL;
}

/* What is neither a probe's manifest nor a scenario, though maybe with a mistake in it. */
static bool manifest_is_rows(const struct yaml_tree *root) {
    static const char *const others[] = {"probe",  "table", "file",  "entry",      "run",
                                         "answer", "title", "rules", "hypervisor", "ask"};
    const struct yaml_tree *first = manifest_first(root);

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (yaml_tree_get(first, others[i]))
            return false;
    }
    return true;
}

bool table_is_yaml(const char *path) {
    const char *ending = strrchr(path, '.');

    return ending && (strcmp(ending, ".yaml") == 0 || strcmp(ending, ".yml") == 0);
}

static bool manifest_asks(const char *path, bool (*is_so)(const struct yaml_tree *root)) {
    struct errors errors = {0};
    struct yaml_file *file = table_is_yaml(path) ? yaml_file_load(path, &errors) : NULL;
    bool so = file && is_so(&file->root);

    yaml_file_free(file);
    errors_clear(&errors);
    return so;
}

bool table_is_manifest(const char *path) {
    return manifest_asks(path, table_manifest_recognises);
}

bool table_is_rows(const char *path) {
    return manifest_asks(path, manifest_is_rows);
}
