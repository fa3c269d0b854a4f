/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/internal.h"

#include "harness/audit/audit.h"
#include "reports/json/audit_json.h"

#include <stdlib.h>
#include <string.h>

/*
 * Parts of an audit: each has judged the mutants of every so manieth instruction, so they are put
 * in order again.
 */

static bool audit_read(const char *path, struct audit_report *report, struct errors *errors) {
    char *profile = NULL;
    bool good;

    audit_report_describe(report);
    good = audit_report_read_json(path, report, &profile, errors);
    report->profile = profile ? rules_profile(profile) : NULL;
    if (good && profile && !report->profile)
        good = errors_add(errors, path, 0, 0, "there is no profile '%s'", profile);
    free(profile);
    return good;
}

/* --- Joining. --- */

static bool audit_same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static const char *audits_differ(const struct audit_report *a, const struct audit_report *b) {
    if (a->seed != b->seed)
        return "another seed";
    if (strcmp(a->scenarios_sha256, b->scenarios_sha256) != 0)
        return "another set of scenarios";
    if (a->profile != b->profile)
        return "another profile";
    if (a->thorough != b->thorough)
        return "--thorough in one of them only";
    for (size_t i = 0; i < a->rules_count; i++) {
        if (a->rules[i].selected != b->rules[i].selected)
            return "other rules";
    }
    if (a->probes_count != b->probes_count)
        return "another number of probes";
    for (size_t i = 0; i < a->probes_count; i++) {
        const struct audit_probe *x = &a->probes[i], *y = &b->probes[i];

        if (!audit_same_text(x->name, y->name) || !audit_same_text(x->sha256, y->sha256) ||
            !audit_same_text(x->entry, y->entry))
            return "another probe (name, sha256 or entry)";
        if (x->budget != y->budget)
            return MERGE_OTHER_BUDGET;
        if (!audit_same_text(x->call_sha256, y->call_sha256))
            return MERGE_OTHER_CALL;
        if (x->instructions != y->instructions || x->cases != y->cases ||
            x->sample_step != y->sample_step || !audit_same_text(x->search, y->search))
            return "another search or other cases";
    }
    return NULL;
}

static bool audits_check(const struct audit_report *list, const char *const *paths, size_t count,
                         struct errors *errors) {
    struct merge_part *parts = calloc(count, sizeof *parts);
    bool good = parts || errors_add(errors, NULL, 0, 0, "out of memory");

    for (size_t i = 0; good && i < count; i++)
        parts[i] = (struct merge_part){list[i].shard, list[i].shards};
    for (size_t i = 0; good && i < count; i++) {
        const char *what = audits_differ(&list[0], &list[i]);

        good = merge_is_part(parts, paths, i, errors);
        if (good && list[i].interrupted)
            good = errors_add(errors, paths[i], 0, 0,
                              "this part was stopped ahead of its end: run it again");
        if (good && what)
            good = merge_refuse(paths[i], paths[0], what, errors);
    }
    good = good && merge_is_complete(parts, paths, count, errors);
    free(parts);
    return good;
}

/* The part whose next mutant is of the first instruction; SIZE_MAX: there is none left. */
static size_t audit_next_part(const struct audit_report *list, size_t count, size_t index,
                              const size_t *at) {
    size_t next = SIZE_MAX;

    for (size_t i = 0; i < count; i++) {
        const struct audit_probe *part = &list[i].probes[index];

        if (at[i] < part->mutants_count &&
            (next == SIZE_MAX || part->mutants[at[i]].instruction <
                                     list[next].probes[index].mutants[at[next]].instruction))
            next = i;
    }
    return next;
}

/* An instruction's mutants are all in one part, in their order. */
static bool audit_join_mutants(struct audit_report *list, size_t count, size_t index,
                               struct audit_probe *out) {
    size_t *at = calloc(count, sizeof *at), mutants = 0;

    for (size_t i = 0; i < count; i++)
        mutants += list[i].probes[index].mutants_count;
    out->mutants = calloc(mutants + 1, sizeof *out->mutants);
    out->mutants_count = 0;
    for (size_t k = 0; at && out->mutants && k < mutants; k++) {
        size_t next = audit_next_part(list, count, index, at);

        out->mutants[out->mutants_count++] = list[next].probes[index].mutants[at[next]++];
    }
    for (size_t i = 0; out->mutants_count > 0 && i < count; i++)
        list[i].probes[index].mutants_count = 0; /* they have gone over */
    free(at);
    return out->mutants_count == mutants;
}

static bool audit_join_probe(struct audit_report *list, size_t count, size_t index,
                             struct audit_probe *out) {
    struct audit_probe *first = &list[0].probes[index];

    *out = *first;
    first->name = first->file = first->entry = first->sha256 = first->call_sha256 = NULL;
    first->search = NULL;
    first->statements = NULL;
    first->statements_count = 0;
    return audit_join_mutants(list, count, index, out);
}

static bool audits_join(struct audit_report *list, size_t count, struct audit_report *whole) {
    *whole = list[0];
    whole->shard = whole->shards = 0;
    whole->probes = calloc(list[0].probes_count + 1, sizeof *whole->probes);
    whole->probes_count = 0;
    for (size_t i = 0; whole->probes && i < list[0].probes_count; i++) {
        if (!audit_join_probe(list, count, i, &whole->probes[whole->probes_count++]))
            return false;
    }
    return whole->probes != NULL;
}

bool merge_audits(const char *const *paths, size_t count, struct audit_report *whole,
                  struct errors *errors) {
    struct audit_report *list = calloc(count, sizeof *list);
    bool good = list || errors_add(errors, NULL, 0, 0, "out of memory");

    for (size_t i = 0; good && i < count; i++)
        good = audit_read(paths[i], &list[i], errors);
    good = good && audits_check(list, paths, count, errors) &&
           (audits_join(list, count, whole) || errors_add(errors, NULL, 0, 0, "out of memory"));
    for (size_t i = 0; list && i < count; i++)
        audit_report_clear(&list[i]);
    free(list);
    return good;
}
