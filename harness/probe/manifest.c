/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/keys.h"

#include <stdlib.h>
#include <string.h>

#define MANIFEST_PROBES_MAX 64u /* in one file: each is read out of the whole */

/* NULL with every mistake noted. */
static struct probe *read_one(const struct yaml_file *file, const struct probe_options *options,
                              bool lossy, struct errors *errors) {
    struct probe_reader reader = {.file = file,
                                  .map = &file->root,
                                  .probe = calloc(1, sizeof(struct probe)),
                                  .errors = errors,
                                  .lossy = lossy};

    if (!reader.probe) {
        errors_add(errors, file->path, 0, 0, "out of memory");
        return NULL;
    }
    reader.probe->setup.budget = options->budget;
    reader.probe->setup.seed = options->seed;
    reader.probe->manifest = strdup(file->path);
    if (reader.probe->manifest && probe_keys_read(&reader) && probe_keys_tell(&reader))
        return reader.probe;
    probe_free(reader.probe);
    return NULL;
}

/* Names what is wrong besides the shape, which has been told already. */
static void read_mended(const struct yaml_file *file, const struct probe_options *options,
                        struct errors *errors) {
    bool lossy;
    struct yaml_file *mended = yaml_shape_mend(file, probe_keys_shape(), &lossy);
    struct errors told = {0};
    struct yaml_data *data = mended ? yaml_shape_load(mended, probe_keys_shape(), &told) : NULL;

    if (data)
        probe_free(read_one(mended, options, lossy, errors));
    errors_clear(&told);
    yaml_shape_free(data);
    yaml_file_free(mended);
}

static bool load_one(const struct yaml_file *file, const struct probe_options *options,
                     struct probe ***probes, size_t *count, struct errors *errors) {
    struct yaml_data *data = yaml_shape_load(file, probe_keys_shape(), errors);
    struct probe *probe = data ? read_one(file, options, false, errors) : NULL;
    const struct yaml_tree *name;

    if (!data)
        read_mended(file, options, errors);
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

static bool load_list(const struct yaml_file *file, const struct probe_options *options,
                      struct probe ***probes, size_t *count, struct errors *errors) {
    const struct yaml_tree *list = &file->root;
    bool good = true;

    if (list->count == 0 || list->count > MANIFEST_PROBES_MAX)
        return errors_add(errors, file->path, list->line, list->column,
                          "a manifest holds 1 to %u probes", MANIFEST_PROBES_MAX);
    for (size_t i = 0; i < list->count; i++) {
        struct yaml_file *item = yaml_file_item(file, &list->items[i], errors);

        if (!item || !load_one(item, options, probes, count, errors))
            good = false;
        yaml_file_free(item);
    }
    return good;
}

bool probe_load_manifest(const char *path, const struct probe_options *options,
                         struct probe ***probes, size_t *count, struct errors *errors) {
    struct yaml_file *file = yaml_file_load(path, errors);
    bool good;

    if (!file)
        return false;
    good = file->root.kind == YAML_TREE_LIST ? load_list(file, options, probes, count, errors)
                                             : load_one(file, options, probes, count, errors);
    yaml_file_free(file);
    return good;
}
