/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/internal.h"

#include "harness/hunt/searches.h"
#include "reports/json/hunt_json.h"

#include <stdlib.h>
#include <string.h>

/* Parts of a hunt: each has run some of its searches, so their lists are put in order. */
struct hunt_parts {
    struct hunt_report *list;
    struct merge_part *parts;
    const char *const *paths;
    size_t count;
};

static const char *hunts_differ(const struct hunt_parts *parts, size_t index) {
    const struct hunt_report *a = &parts->list[0], *b = &parts->list[index];

    if (strcmp(a->version, b->version) != 0)
        return "another version of hvspec";
    if (a->seed != b->seed)
        return "another seed";
    if (a->profile != b->profile)
        return "another profile";
    if (strcmp(a->scenarios_sha256, b->scenarios_sha256) != 0)
        return "another set of scenarios";
    if (strcmp(a->probe, b->probe) != 0 || strcmp(a->sha256, b->sha256) != 0 ||
        strcmp(a->entry, b->entry) != 0)
        return "another probe (name, sha256 or entry)";
    if (a->budget != b->budget)
        return MERGE_OTHER_BUDGET;
    if (strcmp(a->call_sha256, b->call_sha256) != 0)
        return MERGE_OTHER_CALL;
    for (size_t i = 0; i < a->rules_count; i++) {
        if (a->rules[i].wanted != b->rules[i].wanted)
            return "other rules";
    }
    if (a->searches_all != b->searches_all)
        return "another number of searches";
    if (a->runs_wanted != b->runs_wanted || a->seconds_wanted != b->seconds_wanted)
        return "another number of runs, or another time";
    return a->first_only != b->first_only ? "--fail-fast in one of them only" : NULL;
}

static bool hunts_check(const struct hunt_parts *parts, struct errors *errors) {
    for (size_t i = 0; i < parts->count; i++) {
        const char *what = hunts_differ(parts, i);

        if (!merge_is_part(parts->parts, parts->paths, i, errors))
            return false;
        if (parts->list[i].interrupted)
            return errors_add(errors, parts->paths[i], 0, 0,
                              "this part was stopped ahead of its end: run it again");
        if (what)
            return merge_refuse(parts->paths[i], parts->paths[0], what, errors);
    }
    return merge_is_complete(parts->parts, parts->paths, parts->count, errors);
}

static int hunts_compare_searches(const void *a, const void *b) {
    const struct hunt_search *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static int hunts_compare_finds(const void *a, const void *b) {
    const struct hunt_found *x = a, *y = b;

    return x->search != y->search ? (x->search > y->search) - (x->search < y->search)
                                  : (x->run > y->run) - (x->run < y->run);
}

/* Of the first part everything but its lists goes over as it is. */
static void hunts_forget(struct hunt_report *part) {
    part->version = part->probe = part->file = part->sha256 = part->arch = part->entry = NULL;
    part->statements = NULL;
    part->statements_count = 0;
}

/* Takes over everything the parts own. With --fail-fast a part need not have all its searches. */
static bool hunts_join(struct hunt_parts *parts, struct hunt_report *whole) {
    size_t searches = 0, finds = 0;

    for (size_t i = 0; i < parts->count; i++) {
        searches += parts->list[i].searches_count;
        finds += parts->list[i].finds_count;
    }
    *whole = parts->list[0];
    whole->shard = whole->shards = 0;
    whole->searches = calloc(searches + 1, sizeof *whole->searches);
    whole->finds = calloc(finds + 1, sizeof *whole->finds);
    whole->searches_count = whole->finds_count = 0;
    hunts_forget(&parts->list[0]);
    if (!whole->searches || !whole->finds)
        return false;
    for (size_t i = 0; i < parts->count; i++) {
        struct hunt_report *part = &parts->list[i];

        memcpy(whole->searches + whole->searches_count, part->searches,
               part->searches_count * sizeof *part->searches);
        memcpy(whole->finds + whole->finds_count, part->finds,
               part->finds_count * sizeof *part->finds);
        whole->searches_count += part->searches_count;
        whole->finds_count += part->finds_count;
        part->searches_count = part->finds_count = 0;
    }
    qsort(whole->searches, whole->searches_count, sizeof *whole->searches, hunts_compare_searches);
    qsort(whole->finds, whole->finds_count, sizeof *whole->finds, hunts_compare_finds);
    hunt_unite(whole, NULL);
    return true;
}

static bool hunts_read_one(const char *path, struct hunt_report *part, struct errors *errors) {
    char *profile = NULL;
    bool good;

    hunt_describe_rules(part);
    good = hunt_report_read_json(path, part, &profile, errors);
    part->profile = profile ? rules_profile(profile) : NULL;
    if (good && profile && !part->profile)
        good = errors_add(errors, path, 0, 0, "there is no profile '%s'", profile);
    free(profile);
    return good;
}

static bool hunts_read(struct hunt_parts *parts, struct errors *errors) {
    for (size_t i = 0; i < parts->count; i++) {
        if (!hunts_read_one(parts->paths[i], &parts->list[i], errors))
            return false;
        parts->parts[i] = (struct merge_part){parts->list[i].shard, parts->list[i].shards};
    }
    return true;
}

bool merge_hunts(const char *const *paths, size_t count, struct hunt_report *whole,
                 struct errors *errors) {
    struct hunt_parts parts = {.paths = paths, .count = count};
    bool good;

    parts.list = calloc(count, sizeof *parts.list);
    parts.parts = calloc(count, sizeof *parts.parts);
    good = (parts.list && parts.parts) || errors_add(errors, NULL, 0, 0, "out of memory");
    good = good && hunts_read(&parts, errors) && hunts_check(&parts, errors) &&
           (hunts_join(&parts, whole) || errors_add(errors, NULL, 0, 0, "out of memory"));
    for (size_t i = 0; parts.list && i < count; i++)
        hunt_report_clear(&parts.list[i]);
    free(parts.list);
    free(parts.parts);
    return good;
}
