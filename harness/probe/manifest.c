/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/internal.h"

#include "base/nearest.h"
#include "harness/yaml/shape.h"

#include <stdlib.h>
#include <string.h>

#define MANIFEST_PROBES_MAX 64u /* in one file: each is read out of the whole */
#define MANIFEST_BEFORE_MAX 16u
#define MANIFEST_BUDGET_MAX 1000000000u /* instructions: minutes of emulation */
#define MANIFEST_NAME_MAX 100u          /* bytes */

/* A manifest's data. Texts are taken from here; numbers and places from the tree, which knows what
 * was quoted and where it stood. */
struct manifest {
    struct yaml_value probe, file, flat, entry, abi, before, arguments, registers, targets, answer;
    struct yaml_value constructors, stubs, exclude, budget, run, sysroot, files;
};

struct manifest_answer {
    struct yaml_value in, available, not_available, not_implemented, value, output;
};

static const struct yaml_key any_text[] = {{"", YAML_TEXT, false, 0, NULL, false, NULL}};
static const struct yaml_shape text_by_name = {"this map", any_text, 1, 0, true};

#define ANSWER(member) offsetof(struct manifest_answer, member)
static const struct yaml_key answer_keys[] = {
    {"in", YAML_TEXT, false, ANSWER(in), NULL, false, NULL},
    {"available", YAML_TEXT | YAML_LIST, false, ANSWER(available), NULL, false, NULL},
    {"not-available", YAML_LIST, false, ANSWER(not_available), NULL, false, NULL},
    {"not-implemented", YAML_LIST, false, ANSWER(not_implemented), NULL, false, NULL},
    {"value", YAML_TEXT, false, ANSWER(value), NULL, false, NULL},
    {"output", YAML_TEXT, false, ANSWER(output), NULL, false, NULL},
};
static const struct yaml_shape answer_shape = {
    "answer", answer_keys, sizeof answer_keys / sizeof *answer_keys, sizeof(struct manifest_answer),
    false,
};

#define MANIFEST(member) offsetof(struct manifest, member)
static const struct yaml_key manifest_keys[] = {
    {"probe", YAML_TEXT, true, MANIFEST(probe), NULL, false, "probe"},
    {"file", YAML_TEXT, false, MANIFEST(file), NULL, false, NULL},
    {"run", YAML_LIST, false, MANIFEST(run), NULL, false, NULL},
    {"sysroot", YAML_TEXT, false, MANIFEST(sysroot), NULL, false, NULL},
    {"files", YAML_MAP, false, MANIFEST(files), &text_by_name, false, NULL},
    {"flat", YAML_TEXT, false, MANIFEST(flat), NULL, false, NULL},
    {"entry", YAML_TEXT, false, MANIFEST(entry), NULL, false, NULL},
    {"abi", YAML_TEXT, false, MANIFEST(abi), NULL, false, NULL},
    {"before", YAML_LIST, false, MANIFEST(before), NULL, false, NULL},
    {"arguments", YAML_LIST, false, MANIFEST(arguments), NULL, false, NULL},
    {"registers", YAML_MAP, false, MANIFEST(registers), &text_by_name, false, NULL},
    {"targets", YAML_LIST, false, MANIFEST(targets), NULL, false, NULL},
    {"answer", YAML_MAP, false, MANIFEST(answer), &answer_shape, false, NULL},
    {"constructors", YAML_TEXT, false, MANIFEST(constructors), NULL, false, NULL},
    {"stubs", YAML_MAP, false, MANIFEST(stubs), &text_by_name, false, NULL},
    {"exclude", YAML_MAP, false, MANIFEST(exclude), &text_by_name, false, NULL},
    {"budget", YAML_TEXT, false, MANIFEST(budget), NULL, false, NULL},
};
static const struct yaml_shape manifest_shape = {
    "a probe's manifest",    manifest_keys, sizeof manifest_keys / sizeof *manifest_keys,
    sizeof(struct manifest), false,
};

struct manifest_reader {
    const struct yaml_file *file;
    const struct yaml_tree *map;
    const struct manifest *data;
    struct probe *probe;
    struct errors *errors;
    bool lossy; /* something that the file says was left out */
};

static struct probe_place place_of(const struct manifest_reader *reader,
                                   const struct yaml_tree *node) {
    return (struct probe_place){reader->file->path, node->line, node->column};
}

static struct probe_place place_of_key(const struct manifest_reader *reader, const char *key) {
    const struct yaml_tree *node = yaml_tree_get(reader->map, key);

    return place_of(reader, node ? node : reader->map);
}

static bool manifest_error(const struct manifest_reader *reader, const struct yaml_tree *node,
                           const char *message) {
    return errors_add(reader->errors, reader->file->path, node->line, node->column, "%s", message);
}

char *probe_join_path(const char *manifest, const char *file) {
    const char *slash = strrchr(manifest, '/');
    char *path;

    if (file[0] == '/' || !slash)
        return strdup(file);
    return asprintf(&path, "%.*s/%s", (int)(slash - manifest), manifest, file) < 0 ? NULL : path;
}

/* Names are columns of a baseline, so they hold no space. */
static bool read_name(struct manifest_reader *reader) {
    const struct yaml_tree *node = yaml_tree_get(reader->map, "probe");
    const char *name = reader->data->probe.text;

    if (*name == '\0' || strlen(name) > MANIFEST_NAME_MAX)
        return manifest_error(reader, node, "a probe's name has 1 to 100 bytes");
    for (const char *c = name; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '#')
            return manifest_error(reader, node,
                                  "a probe's name holds no spaces, control characters or #");
    }
    reader->probe->name = strdup(name);
    return reader->probe->name || manifest_error(reader, node, "out of memory");
}

static bool read_budget(struct manifest_reader *reader) {
    const struct yaml_tree *node = yaml_tree_get(reader->map, "budget");
    uint64_t *budget = &reader->probe->setup.budget;

    if (node &&
        (!yaml_tree_number(node, budget, NULL) || *budget == 0 || *budget > MANIFEST_BUDGET_MAX))
        return manifest_error(reader, node,
                              "budget is a number of instructions from 1 to 1000000000");
    return true;
}

static bool read_constructors(struct manifest_reader *reader) {
    const struct yaml_tree *node = yaml_tree_get(reader->map, "constructors");

    if (node && !yaml_tree_bool(node, &reader->probe->setup.constructors))
        return manifest_error(reader, node, "constructors is true or false");
    return true;
}

static bool read_exclusion(struct manifest_reader *reader, const struct yaml_tree *node) {
    struct probe *probe = reader->probe;
    struct probe_exclusion *exclusion = &probe->exclusions[probe->exclusions_count];
    int rule = rules_find(node->key);

    if (rule < 0) {
        const char *nearest = rules_nearest(node->key);

        return errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                          "no rule '%s'%s%s%s", node->key, nearest ? ": did you mean '" : "",
                          nearest ? nearest : " (hvspec list rules)", nearest ? "'?" : "");
    }
    if (node->text[strspn(node->text, " \t\n")] == '\0')
        return errors_add(reader->errors, reader->file->path, node->line, node->column,
                          "%s is excluded without a reason: say why, it is shown in reports",
                          node->key);
    exclusion->rule = (enum rule_id)rule;
    exclusion->reason = strdup(node->text);
    if (!exclusion->reason)
        return manifest_error(reader, node, "out of memory");
    probe->exclusions_count++;
    return true;
}

static bool read_exclusions(struct manifest_reader *reader) {
    const struct yaml_tree *map = yaml_tree_get(reader->map, "exclude");
    bool good = true;

    if (!map)
        return true;
    reader->probe->exclusions = calloc(map->count + 1, sizeof *reader->probe->exclusions);
    if (!reader->probe->exclusions)
        return manifest_error(reader, map, "out of memory");
    for (size_t i = 0; i < map->count; i++) {
        if (!read_exclusion(reader, &map->items[i]))
            good = false;
    }
    return good;
}

/* A stub for a symbol that the file does not mention is no mistake: builds differ in what the
 * compiler leaves out. One letter beside a symbol that it does mention is. */
static bool check_stub(const struct manifest_reader *reader, const struct yaml_tree *node) {
    const struct image *image = reader->probe->image;
    const char **names = calloc(image->imports_count + 1, sizeof *names);
    const char *nearest;

    if (!names)
        return manifest_error(reader, node, "out of memory");
    for (size_t i = 0; i < image->imports_count; i++)
        names[i] = image->imports[i].name;
    nearest = nearest_word(node->key, names, image->imports_count);
    free(names);
    if (image_find_symbol(image, node->key))
        return errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                          "'%s' is defined in %s: a stub would never be called", node->key,
                          image->path);
    if (nearest && strcmp(nearest, node->key) != 0)
        return errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                          "'%s' is not an undefined symbol of %s: did you mean '%s'?", node->key,
                          image->path, nearest);
    return true;
}

static bool read_stub(struct manifest_reader *reader, const struct yaml_tree *node,
                      struct guest_stub *stub) {
    bool negative;

    if (!yaml_tree_number(node, &stub->value, &negative))
        return errors_add(reader->errors, reader->file->path, node->line, node->column,
                          "a stub returns a number, not '%s'", node->text);
    stub->name = strdup(node->key);
    return stub->name || manifest_error(reader, node, "out of memory");
}

static bool read_stubs(struct manifest_reader *reader) {
    const struct yaml_tree *map = yaml_tree_get(reader->map, "stubs");
    struct guest_stub *stubs;
    bool good = true;

    if (!map)
        return true;
    if (reader->probe->is_program)
        return true; /* refused already */
    stubs = calloc(map->count + 1, sizeof *stubs);
    if (!stubs)
        return manifest_error(reader, map, "out of memory");
    reader->probe->setup.stubs = stubs;
    reader->probe->setup.stubs_count = map->count;
    for (size_t i = 0; i < map->count; i++) {
        if (!read_stub(reader, &map->items[i], &stubs[i]) ||
            (reader->probe->image && !check_stub(reader, &map->items[i])))
            good = false;
    }
    return good;
}

static bool read_abi(struct manifest_reader *reader) {
    static const struct {
        const char *name;
        enum guest_abi abi;
        enum image_mode mode;
    } abis[] = {
        {"sysv64", GUEST_SYSV64, IMAGE_64},
        {"ms64", GUEST_MS64, IMAGE_64},
        {"cdecl32", GUEST_CDECL32, IMAGE_32},
        {"regparm32", GUEST_REGPARM32, IMAGE_32},
    };
    const char *name = reader->data->abi.text;
    struct probe_place at = place_of_key(reader, "abi");
    bool registers = yaml_tree_get(reader->map, "registers") != NULL;
    enum guest_abi *abi = &reader->probe->setup.abi;

    *abi = registers ? GUEST_REGISTERS : probe_default_abi(reader->probe->image);
    reader->probe->has_abi = *abi != GUEST_REGISTERS;
    if (!name)
        return true;
    if (registers)
        return errors_add(reader->errors, at.file, at.line, at.column,
                          "registers are for code without a C ABI: leave abi or registers out");
    for (size_t i = 0; i < sizeof abis / sizeof *abis; i++) {
        if (strcmp(name, abis[i].name) != 0)
            continue;
        *abi = abis[i].abi;
        return abis[i].mode == reader->probe->image->mode ||
               errors_add(reader->errors, at.file, at.line, at.column,
                          "%s is for %d-bit code, and %s is %d-bit code", name, (int)abis[i].mode,
                          reader->probe->path, (int)reader->probe->image->mode);
    }
    return errors_add(reader->errors, at.file, at.line, at.column,
                      "abi is sysv64, ms64, cdecl32 or regparm32, not '%s'", name);
}

static bool read_before(struct manifest_reader *reader) {
    const struct yaml_tree *list = yaml_tree_get(reader->map, "before");
    char *const *names = reader->data->before.items;
    uint64_t *addresses;
    bool good = true;

    if (!list)
        return true;
    if (list->count > MANIFEST_BEFORE_MAX)
        return manifest_error(reader, list, "more than 16 functions before the first question");
    addresses = calloc(list->count + 1, sizeof *addresses);
    if (!addresses)
        return manifest_error(reader, list, "out of memory");
    reader->probe->setup.before = addresses;
    reader->probe->setup.before_count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        if (!probe_find_function(reader->probe, names[i], place_of(reader, &list->items[i]),
                                 &addresses[i], reader->errors))
            good = false;
    }
    return good;
}

static bool read_image(struct manifest_reader *reader) {
    struct probe *probe = reader->probe;

    if (!reader->data->file.text)
        return manifest_error(reader, reader->map,
                              "no code: name the file with the function to call (file), or a whole "
                              "program (run)");
    probe->path = probe_join_path(reader->file->path, reader->data->file.text);
    if (!probe->path)
        return manifest_error(reader, reader->map, "out of memory");
    return probe_load_image(probe, probe->path, reader->data->flat.text,
                            place_of_key(reader, "flat"), reader->errors);
}

/* In a mended file nothing may be left of what passes the question. */
static bool asks_something(const struct manifest_reader *reader) {
    static const char *const keys[] = {"arguments", "registers", "targets"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct yaml_tree *node = yaml_tree_get(reader->map, keys[i]);

        if (node && node->count > 0)
            return true;
    }
    return false;
}

/* What can only be checked against the code. */
static bool read_code(struct manifest_reader *reader) {
    const struct manifest *data = reader->data;
    const char *entry = data->entry.text ? data->entry.text : probe_default_entry(data->flat.text);
    bool good =
        probe_set_entry(reader->probe, entry, place_of_key(reader, "entry"), reader->errors);

    bool before = read_before(reader), abi = read_abi(reader);
    bool question = (reader->lossy && !asks_something(reader)) ||
                    probe_read_question(reader->probe, reader->file, reader->map, reader->errors);
    bool answer = probe_read_answer(reader->probe, reader->file,
                                    yaml_tree_get(reader->map, "answer"), reader->errors);

    good = good && abi && question;
    if (good)
        good = probe_widen_target(reader->probe, reader->errors);
    return good && before && answer;
}

static bool read_program(struct manifest_reader *reader) {
    return probe_read_run(reader->probe, reader->file, reader->map, reader->errors) &&
           probe_read_run_answer(reader->probe, reader->file, yaml_tree_get(reader->map, "answer"),
                                 reader->errors);
}

/* Every step notes its mistakes and lets the next one note its own. */
static bool read_manifest(struct manifest_reader *reader) {
    bool is_program = yaml_tree_get(reader->map, "run") != NULL;
    bool code = is_program ? read_program(reader)
                           : probe_refuse_run_keys(reader->file, reader->map, reader->errors) &
                                 (read_image(reader) && read_code(reader));
    bool name = read_name(reader);
    bool budget = read_budget(reader);
    bool constructors = read_constructors(reader);
    bool stubs = read_stubs(reader);
    bool exclusions = read_exclusions(reader);

    return code && name && budget && constructors && stubs && exclusions;
}

/* NULL with every mistake noted. */
static struct probe *read_one(const struct yaml_file *file, const struct yaml_data *data,
                              uint64_t budget, bool lossy, struct errors *errors) {
    struct manifest_reader reader = {.file = file,
                                     .map = &file->root,
                                     .data = yaml_shape_root(data),
                                     .probe = calloc(1, sizeof(struct probe)),
                                     .errors = errors,
                                     .lossy = lossy};

    if (!reader.probe) {
        errors_add(errors, file->path, 0, 0, "out of memory");
        return NULL;
    }
    reader.probe->setup.budget = budget;
    reader.probe->manifest = strdup(file->path);
    if (reader.probe->manifest && read_manifest(&reader))
        return reader.probe;
    probe_free(reader.probe);
    return NULL;
}

/* Names what is wrong besides the shape, which has been told already. */
static void read_mended(const struct yaml_file *file, uint64_t budget, struct errors *errors) {
    bool lossy;
    struct yaml_file *mended = yaml_shape_mend(file, &manifest_shape, &lossy);
    struct errors told = {0};
    struct yaml_data *data = mended ? yaml_shape_load(mended, &manifest_shape, &told) : NULL;

    if (data)
        probe_free(read_one(mended, data, budget, lossy, errors));
    errors_clear(&told);
    yaml_shape_free(data);
    yaml_file_free(mended);
}

static bool load_one(const struct yaml_file *file, uint64_t budget, struct probe ***probes,
                     size_t *count, struct errors *errors) {
    struct yaml_data *data = yaml_shape_load(file, &manifest_shape, errors);
    struct probe *probe = data ? read_one(file, data, budget, false, errors) : NULL;
    const struct yaml_tree *name;

    if (!data)
        read_mended(file, budget, errors);
    yaml_shape_free(data);
    if (!probe)
        return false;
    if (!probe_name_taken(*probes, *count, probe->name))
        return probe_append(probes, count, probe, errors);
    name = yaml_tree_get(&file->root, "probe");
    errors_add(errors, file->path, name->line, name->column,
               "another probe has this name: reports tell probes apart by it");
    probe_free(probe);
    return false;
}

static bool load_list(const struct yaml_file *file, uint64_t budget, struct probe ***probes,
                      size_t *count, struct errors *errors) {
    const struct yaml_tree *list = &file->root;
    bool good = true;

    if (list->count == 0 || list->count > MANIFEST_PROBES_MAX)
        return errors_add(errors, file->path, list->line, list->column,
                          "a manifest holds 1 to %u probes", MANIFEST_PROBES_MAX);
    for (size_t i = 0; i < list->count; i++) {
        struct yaml_file *item = yaml_file_item(file, &list->items[i], errors);

        if (!item || !load_one(item, budget, probes, count, errors))
            good = false;
        yaml_file_free(item);
    }
    return good;
}

bool probe_load_manifest(const char *path, uint64_t budget, struct probe ***probes, size_t *count,
                         struct errors *errors) {
    struct yaml_file *file = yaml_file_load(path, errors);
    bool good;

    if (!file)
        return false;
    good = file->root.kind == YAML_TREE_LIST ? load_list(file, budget, probes, count, errors)
                                             : load_one(file, budget, probes, count, errors);
    yaml_file_free(file);
    return good;
}
