/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/scenario/set.h"

#include "base/nearest.h"
#include "harness/scenario/plan.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All but its id and path. */
static void scenario_clear_contents(struct scenario *scenario) {
    char *id = scenario->id, *path = scenario->path;

    for (size_t i = 0; i < scenario->cases_count; i++)
        scenario_case_clear(&scenario->cases[i]);
    free(scenario->cases);
    free(scenario->rules);
    free(scenario->breaks);
    free(scenario->title);
    free(scenario->why);
    free(scenario->source);
    *scenario = (struct scenario){.id = id, .path = path};
}

void scenario_clear(struct scenario *scenario) {
    scenario_clear_contents(scenario);
    free(scenario->path);
    free(scenario->id);
    *scenario = (struct scenario){0};
}

void scenario_set_clear(struct scenario_set *set) {
    for (size_t i = 0; i < set->count; i++)
        scenario_clear(&set->scenarios[i]);
    free(set->scenarios);
    *set = (struct scenario_set){0};
}

void scenario_set_keep(struct scenario_set *set,
                       bool (*wanted)(const void *context, const struct scenario *scenario,
                                      const struct scenario_case *test),
                       const void *context) {
    size_t left = 0;

    for (size_t i = 0; i < set->count; i++) {
        struct scenario *scenario = &set->scenarios[i];
        size_t kept = 0;

        for (size_t k = 0; k < scenario->cases_count; k++) {
            if (wanted(context, scenario, &scenario->cases[k]))
                scenario->cases[kept++] = scenario->cases[k];
            else
                scenario_case_clear(&scenario->cases[k]);
        }
        scenario->cases_count = kept;
        if (kept > 0)
            set->scenarios[left++] = *scenario;
        else
            scenario_clear(scenario);
    }
    set->count = left;
}

size_t scenario_set_cases(const struct scenario_set *set) {
    size_t count = 0;

    for (size_t i = 0; i < set->count; i++)
        count += set->scenarios[i].cases_count;
    return count;
}

/* Where the id starts in a file's real path: behind the root when the file is below it, else behind
 * the last folder named "scenarios", else at the file's name. */
static const char *id_start(const char *real, const char *real_root) {
    size_t root_length = real_root ? strlen(real_root) : 0;
    const char *start = strrchr(real, '/') + 1, *next = real;

    if (real_root && strncmp(real, real_root, root_length) == 0 && real[root_length] == '/')
        return real + root_length + 1;
    while (!real_root && (next = strstr(next, "/scenarios/"))) {
        next += strlen("/scenarios");
        start = next + 1;
    }
    return start;
}

/* The id of a file; NULL with an error noted. */
static char *id_of_file(const char *path, const char *root, struct errors *errors) {
    char real[PATH_MAX], real_root[PATH_MAX], *id, *ending;

    if (!realpath(path, real)) {
        errors_add_system(errors, path, "", errno);
        return NULL;
    }
    id = strdup(id_start(real, root && realpath(root, real_root) ? real_root : NULL));
    if (!id) {
        errors_add(errors, path, 0, 0, "out of memory");
        return NULL;
    }
    ending = strrchr(id, '.');
    if (ending && strcmp(ending, ".yaml") == 0)
        *ending = '\0';
    if (id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-")]) {
        errors_add(errors, path, 0, 0,
                   "the path is the scenario's id, so it is of letters, digits, '.', '_' and '-' "
                   "only: rename '%s'",
                   id);
        free(id);
        return NULL;
    }
    return id;
}

size_t scenario_set_place(const struct scenario_set *set, const char *id) {
    size_t first = 0, count = set->count;

    while (count > 0) {
        size_t half = count / 2;

        if (strcmp(set->scenarios[first + half].id, id) < 0) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return first;
}

static bool same_file(const char *a, const char *b) {
    char real_a[PATH_MAX], real_b[PATH_MAX];

    return realpath(a, real_a) && realpath(b, real_b) && strcmp(real_a, real_b) == 0;
}

/* A case is wanted by its id, or by the part of it behind the scenario's. */
static bool case_wanted(const struct scenario *scenario, const char *id, const char *wanted) {
    return !wanted || strcmp(id, wanted) == 0 ||
           strcmp(id + strlen(scenario->id) + (id[strlen(scenario->id)] == ':'), wanted) == 0;
}

static bool scenario_has_case(const struct scenario *scenario, const char *wanted) {
    for (size_t i = 0; i < scenario->cases_count; i++) {
        if (case_wanted(scenario, scenario->cases[i].id, wanted))
            return true;
    }
    return false;
}

static bool note_no_case(const struct scenario *scenario, const char *wanted,
                         struct errors *errors) {
    const char **ids = calloc(scenario->cases_count + 1, sizeof *ids);
    size_t skipped = strchr(wanted, ':') ? 0 : strlen(scenario->id) + 1;
    const char *nearest = NULL;

    for (size_t i = 0; ids && i < scenario->cases_count; i++) {
        const char *id = scenario->cases[i].id;

        ids[i] = id + (strlen(id) > skipped ? skipped : 0);
    }
    if (ids)
        nearest = nearest_word(wanted, ids, scenario->cases_count);
    errors_add(errors, scenario->path, 0, 0, "no case '%s' in '%s': %s%s%s", wanted, scenario->id,
               nearest ? "did you mean '" : "hvspec list cases -s ",
               nearest ? nearest : scenario->id, nearest ? "'?" : " shows them");
    free(ids);
    return false;
}

/* Drops the cases that are neither wanted nor in `before`, the same scenario as taken in earlier
 * (NULL: it was not). */
static void scenario_select(struct scenario *scenario, const struct scenario *before,
                            const char *wanted) {
    size_t kept = 0, seen = 0;

    for (size_t i = 0; i < scenario->cases_count; i++) {
        struct scenario_case *entry = &scenario->cases[i];
        bool was_there =
            before && seen < before->cases_count && strcmp(before->cases[seen].id, entry->id) == 0;

        seen += was_there;
        if (was_there || case_wanted(scenario, entry->id, wanted))
            scenario->cases[kept++] = *entry;
        else
            scenario_case_clear(entry);
    }
    scenario->cases_count = kept;
}

/* Takes the scenario over; false: it still belongs to the caller. */
static bool set_insert(struct scenario_set *set, struct scenario *scenario, const char *wanted,
                       struct errors *errors) {
    size_t place = scenario_set_place(set, scenario->id);
    struct scenario *there = NULL, *grown;

    if (place < set->count && strcmp(set->scenarios[place].id, scenario->id) == 0)
        there = &set->scenarios[place];
    if (there && !same_file(there->path, scenario->path))
        return errors_add(errors, scenario->path, 0, 0, "the id '%s' is taken by %s: rename one",
                          scenario->id, there->path);
    if (wanted && !scenario_has_case(scenario, wanted))
        return note_no_case(scenario, wanted, errors);
    scenario_select(scenario, there, wanted);
    if (there) {
        scenario_clear(there);
        *there = *scenario;
        return true;
    }
    grown = realloc(set->scenarios, (set->count + 1) * sizeof *grown);
    if (!grown)
        return errors_add(errors, scenario->path, 0, 0, "out of memory");
    set->scenarios = grown;
    memmove(&grown[place + 1], &grown[place], (set->count - place) * sizeof *grown);
    grown[place] = *scenario;
    set->count++;
    return true;
}

bool scenario_set_load(struct scenario_set *set, const char *path, const char *root,
                       const char *wanted, uint64_t seed, struct errors *errors) {
    struct scenario scenario = {.id = id_of_file(path, root, errors)};
    const struct scenario_set as_written = {0};
    bool read;

    if (!scenario.id)
        return false;
    scenario.path = strdup(path);
    read = scenario.path ? scenario_read(&scenario, set, seed, errors)
                         : errors_add(errors, path, 0, 0, "out of memory");
    /* A case that is named with a leaf that this probe is not asked for is no mistake. */
    if (read && wanted && set->targets && !scenario_has_case(&scenario, wanted)) {
        scenario_clear_contents(&scenario);
        read = scenario_read(&scenario, &as_written, seed, errors);
    }
    if (read && set_insert(set, &scenario, wanted, errors))
        return true;
    scenario_clear(&scenario);
    return false;
}

bool scenario_load(struct scenario_set *set, const char *path, const char *root, uint64_t seed,
                   struct errors *errors) {
    return scenario_set_load(set, path, root, NULL, seed, errors);
}
