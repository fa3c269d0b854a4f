/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/outputs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Where a value of an option says that something is written; NULL: nowhere, or to standard output.
 */
static const char *outputs_path(const struct option_value *value) {
    const char *equals;

    switch (value->id) {
    case OPTION_REPORT:
        equals = strchr(value->text, '=');
        return equals && equals[1] && strcmp(equals + 1, "-") != 0 ? equals + 1 : NULL;
    case OPTION_CHECKPOINT:
        return value->text;
    default:
        return NULL;
    }
}

/* Devices and pipes hold nothing that could be lost. */
static bool outputs_same(const char *a, const char *b) {
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && S_ISREG(first.st_mode) &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* The folder that a path is in. False: there is none, or memory ran out. */
static bool outputs_folder(const char *path, struct stat *status) {
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    bool found = folder && stat(folder, status) == 0;

    free(folder);
    return found;
}

static const char *outputs_name(const char *path) {
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Whether two paths are one file now, or would be once they are written. */
static bool outputs_collide(const char *a, const char *b) {
    struct stat first, second;

    return outputs_same(a, b) || strcmp(a, b) == 0 ||
           (strcmp(outputs_name(a), outputs_name(b)) == 0 && outputs_folder(a, &first) &&
            outputs_folder(b, &second) && first.st_dev == second.st_dev &&
            first.st_ino == second.st_ino);
}

bool outputs_apart(const struct command_line *line, struct errors *errors) {
    for (size_t i = 0; i < line->values_count; i++) {
        const char *path = outputs_path(&line->values[i]);

        for (size_t j = 0; path && j < i; j++) {
            const char *earlier = outputs_path(&line->values[j]);

            /* Of a checkpoint named twice the last counts, so they cannot meet. */
            if (line->values[j].id == OPTION_CHECKPOINT && line->values[i].id == OPTION_CHECKPOINT)
                continue;
            if (earlier && outputs_collide(path, earlier))
                return errors_add(errors, path, 0, 0, "two reports cannot go to one file");
        }
    }
    return true;
}

bool outputs_spare(const struct command_line *line, const char *input, struct errors *errors) {
    for (size_t i = 0; i < line->values_count; i++) {
        const char *path = outputs_path(&line->values[i]);

        if (path && outputs_same(path, input))
            return errors_add(errors, path, 0, 0,
                              "this is '%s', which is read: write to another file", input);
    }
    return true;
}
