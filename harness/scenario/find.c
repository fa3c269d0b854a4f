/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/scenario/set.h"

#include "base/nearest.h"
#include "harness/scenario/spelled.h"
#include "harness/yaml/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* From the words on a command line to scenario files: paths, folders and ids. */
struct finder {
    struct scenario_set *set;
    const char *installed;
    uint64_t seed;
    struct errors *errors;
};

static bool is_folder(const char *path) {
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_file(const char *path) {
    struct stat status;

    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

struct folder_load {
    struct finder *finder;
    const char *root;
    size_t files;
    bool good;
};

/* A file's mistakes do not keep the others from being read. */
static bool visit_load(void *context, const FTSENT *entry) {
    struct folder_load *load = context;

    if (entry->fts_info == FTS_D)
        return true;
    load->files++;
    load->good &= scenario_set_load(load->finder->set, entry->fts_path, load->root, NULL,
                                    load->finder->seed, load->finder->errors);
    return true;
}

/* Ids are relative to the folder, unless it is in or is one named "scenarios". */
static bool find_folder(struct finder *finder, const char *folder, const char *root) {
    struct folder_load load = {finder, root, 0, true};

    if (!yaml_folder_walk(folder, finder->errors, visit_load, &load))
        return false;
    if (load.files == 0)
        return errors_add(finder->errors, folder, 0, 0, "no *" YAML_ENDING " file in this folder");
    return load.good;
}

static bool below_scenarios(const char *folder) {
    char *real = realpath(folder, NULL);
    char *found = real ? strstr(real, "/scenarios") : NULL;
    bool below = false;

    for (; found && !below; found = strstr(found + 1, "/scenarios"))
        below = found[10] == '\0' || found[10] == '/';
    free(real);
    return below;
}

/* "PATH:CASE" where a colon parts the path of a file from a case. */
static bool find_case(struct finder *finder, const char *argument, bool *found) {
    char *path = strdup(argument);
    bool good = false;

    *found = false;
    for (char *colon = path ? strchr(path, ':') : NULL; colon; colon = strchr(colon + 1, ':')) {
        *colon = '\0';
        if (is_file(path)) {
            *found = true;
            good =
                scenario_set_load(finder->set, path, NULL, colon + 1, finder->seed, finder->errors);
            break;
        }
        *colon = ':';
    }
    free(path);
    return good;
}

/* "max", "max/unsigned" or "max/unsigned:max=0x1" below the installed folder. */
static bool find_installed(struct finder *finder, const char *argument, bool *found) {
    size_t id_length = strcspn(argument, ":");
    const char *wanted = argument[id_length] ? argument + id_length + 1 : NULL;
    char *folder = NULL, *file = NULL;
    bool good = false;

    *found = false;
    if (asprintf(&folder, "%s/%.*s", finder->installed, (int)id_length, argument) < 0)
        folder = NULL;
    if (folder && asprintf(&file, "%s" YAML_ENDING, folder) < 0)
        file = NULL;
    if (!folder || !file) {
        *found = true;
        errors_add(finder->errors, NULL, 0, 0, "out of memory");
    } else if (is_file(file)) {
        *found = true;
        good = scenario_set_load(finder->set, file, finder->installed, wanted, finder->seed,
                                 finder->errors);
    } else if (!wanted && is_folder(folder)) {
        *found = true;
        good = find_folder(finder, folder, finder->installed);
    }
    free(folder);
    free(file);
    return good;
}

struct names {
    size_t skipped; /* bytes of a path ahead of the id */
    char **entries;
    size_t count;
};

static bool visit_name(void *context, const FTSENT *entry) {
    struct names *names = context;
    char **grown;
    char *name;

    if (entry->fts_level == 0)
        return true;
    grown = realloc(names->entries, (names->count + 1) * sizeof *grown);
    if (!grown)
        return false;
    names->entries = grown;
    name = strdup(entry->fts_path + names->skipped);
    if (!name)
        return false;
    if (entry->fts_info != FTS_D)
        name[strlen(name) - strlen(YAML_ENDING)] = '\0';
    grown[names->count++] = name;
    return true;
}

/* Neither a path nor an id: names the nearest id, of a scenario or of a folder. */
static bool note_nothing(struct finder *finder, const char *argument) {
    struct names names = {.skipped = finder->installed ? strlen(finder->installed) + 1 : 0};
    struct errors ignored = {0};
    char *id = strndup(argument, strcspn(argument, ":"));
    const char *nearest = NULL;

    if (id && finder->installed && is_folder(finder->installed) &&
        yaml_folder_walk(finder->installed, &ignored, visit_name, &names))
        nearest = nearest_word(id, (const char *const *)names.entries, names.count);
    errors_add(finder->errors, NULL, 0, 0, "no scenario, file or folder '%s'%s%s%s", argument,
               nearest ? ": did you mean '" : ": 'hvspec list scenarios' shows them",
               nearest ? nearest : "", nearest ? "'?" : "");
    for (size_t i = 0; i < names.count; i++)
        free(names.entries[i]);
    free(names.entries);
    free(id);
    errors_clear(&ignored);
    return false;
}

bool scenario_set_add(struct scenario_set *set, const char *argument, const char *installed,
                      uint64_t seed, struct errors *errors) {
    struct finder finder = {set, installed, seed, errors};
    bool found, good;

    if (is_folder(argument))
        return find_folder(&finder, argument, below_scenarios(argument) ? NULL : argument);
    if (is_file(argument))
        return scenario_load(set, argument, NULL, seed, errors);
    if (scenario_is_spelled(argument))
        return scenario_set_add_spelled(set, argument, errors);
    good = find_case(&finder, argument, &found);
    if (!found && installed && *argument)
        good = find_installed(&finder, argument, &found);
    return found ? good : note_nothing(&finder, argument);
}
