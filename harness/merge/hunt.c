/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/internal.h"

#include "harness/hunt/searches.h"

#include <stdlib.h>
#include <string.h>

/* Parts of a hunt: each has run some of its searches, so their lists are put in order. */
struct hunt_parts {
    struct hunt_outcome *list;
    char **versions;
    struct merge_part *parts;
    const char *const *paths;
    size_t count;
};

static const char *hunts_differ(const struct hunt_parts *parts, size_t index) {
    const struct hunt_outcome *a = &parts->list[0], *b = &parts->list[index];

    if (strcmp(parts->versions[0], parts->versions[index]) != 0)
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
    if (memcmp(a->wanted, b->wanted, sizeof a->wanted) != 0)
        return "other rules";
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
    const struct hunt_find *x = a, *y = b;

    return x->search != y->search ? (x->search > y->search) - (x->search < y->search)
                                  : (x->run > y->run) - (x->run < y->run);
}

/* Takes over everything the parts own. With --fail-fast a part need not have all its searches. */
static bool hunts_join(struct hunt_parts *parts, struct hunt_outcome *whole) {
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
    parts->list[0].probe = parts->list[0].sha256 = parts->list[0].entry = NULL;
    parts->list[0].statements = NULL;
    parts->list[0].statements_count = 0;
    if (!whole->searches || !whole->finds)
        return false;
    for (size_t i = 0; i < parts->count; i++) {
        struct hunt_outcome *part = &parts->list[i];

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
    hunt_outcome_unite(whole, NULL);
    return true;
}

static bool hunts_read(struct hunt_parts *parts, struct errors *errors) {
    for (size_t i = 0; i < parts->count; i++) {
        if (!hunt_read_json(parts->paths[i], &parts->list[i], &parts->versions[i], errors))
            return false;
        parts->parts[i] = (struct merge_part){parts->list[i].shard, parts->list[i].shards};
    }
    return true;
}

bool merge_hunts(const char *const *paths, size_t count, struct hunt_outcome *whole,
                 struct errors *errors) {
    struct hunt_parts parts = {.paths = paths, .count = count};
    bool good;

    parts.list = calloc(count, sizeof *parts.list);
    parts.versions = calloc(count, sizeof *parts.versions);
    parts.parts = calloc(count, sizeof *parts.parts);
    good = (parts.list && parts.versions && parts.parts) ||
           errors_add(errors, NULL, 0, 0, "out of memory");
    good = good && hunts_read(&parts, errors) && hunts_check(&parts, errors) &&
           (hunts_join(&parts, whole) || errors_add(errors, NULL, 0, 0, "out of memory"));
    for (size_t i = 0; parts.list && i < count; i++)
        hunt_outcome_clear(&parts.list[i]);
    for (size_t i = 0; parts.versions && i < count; i++)
        free(parts.versions[i]);
    free(parts.list);
    free(parts.versions);
    free(parts.parts);
    return good;
}
