/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/internal.h"

#include <stdlib.h>
#include <string.h>

/* Whether the parts of a run belong together. */

static bool merge_same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool merge_is_sweep(const struct report *part) {
    return part->probes_count > 0 && part->probes[0].sweeps_count > 0;
}

static const char *merge_probes_differ(const struct report *a, const struct report *b) {
    if (a->probes_count != b->probes_count)
        return "another number of probes";
    for (size_t i = 0; i < a->probes_count; i++) {
        const struct report_probe *x = &a->probes[i], *y = &b->probes[i];
        bool same = x->is_table == y->is_table && x->rules_count == y->rules_count &&
                    x->sites_count == y->sites_count && x->sweeps_count == y->sweeps_count;

        if (!merge_same_text(x->sha256, y->sha256) || !merge_same_text(x->entry, y->entry) ||
            !merge_same_text(x->name, y->name))
            return "another probe (name, sha256 or entry)";
        if (x->is_table && !merge_same_findings(x, y))
            return "another judgement of the same table";
        if (x->budget != y->budget)
            return MERGE_OTHER_BUDGET;
        if (!merge_same_text(x->call_sha256, y->call_sha256))
            return MERGE_OTHER_CALL;
        if (x->left_out != y->left_out)
            return "other cases left out (--all in one of them only?)";
        if (x->hunt.wanted != y->hunt.wanted)
            return "another --hunt-runs";
        if (x->hunt.solver != y->hunt.solver)
            return "a short hunt without a solver (--no-solver, or built without one)";
        if (x->hunt.runs != y->hunt.runs || x->hunt.finds != y->hunt.finds)
            return "the short hunt went otherwise";
        for (size_t j = 0; same && j < x->rules_count; j++)
            same = strcmp(x->rules[j].id, y->rules[j].id) == 0;
        if (!same)
            return "other rules";
    }
    return NULL;
}

/* What they differ in, or NULL. */
static const char *merge_differ(const struct report *a, const struct report *b) {
    if (!merge_same_text(a->version, b->version))
        return "another version of hvspec";
    if (a->seed != b->seed)
        return "another seed";
    if (a->strict != b->strict)
        return "--strict in one of them only";
    if (!merge_same_text(a->profile, b->profile))
        return "another profile";
    if (merge_is_sweep(a) != merge_is_sweep(b))
        return "one is of sweep, and one is not";
    if (strcmp(a->scenarios_sha256, b->scenarios_sha256) != 0 ||
        a->some_scenarios != b->some_scenarios)
        return merge_is_sweep(a) ? "another sweep (registers, targets, values or table)"
                                 : "another set of scenarios";
    return merge_probes_differ(a, b);
}

bool merge_check(const struct report *parts, const char *const *paths, size_t count,
                 struct errors *errors) {
    struct merge_part *list = calloc(count, sizeof *list);
    bool good = list || errors_add(errors, NULL, 0, 0, "out of memory");

    for (size_t i = 0; good && i < count; i++)
        list[i] = (struct merge_part){parts[i].shard, parts[i].shards};
    for (size_t i = 0; good && i < count; i++) {
        const char *what = merge_differ(&parts[0], &parts[i]);

        good = merge_is_part(list, paths, i, errors);
        if (good && report_is_partial(&parts[i]))
            good = errors_add(errors, paths[i], 0, 0,
                              "this part was stopped ahead of its end: run it again, with its "
                              "--checkpoint if it has one");
        if (good && what)
            good = merge_refuse(paths[i], paths[0], what, errors);
    }
    good = good && merge_is_complete(list, paths, count, errors);
    free(list);
    return good;
}
