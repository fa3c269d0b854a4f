/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/internal.h"

#include "harness/audit/audit.h"
#include "reports/json/read.h"

#include <stdlib.h>
#include <string.h>

/*
 * Parts of an audit: each has judged the mutants of every so manieth instruction, so they are put
 * in order again.
 */

/* --- Reading. --- */

static enum audit_fate read_fate(struct reader *reader, json_t *object) {
    const char *text = json_string_value(json_object_get(object, "fate"));

    for (enum audit_fate fate = 0; text && fate < AUDIT_FATES; fate++) {
        if (strcmp(text, audit_fate_text(fate)) == 0)
            return fate;
    }
    reader_fail(reader, "fate");
    return AUDIT_INVALID;
}

static size_t read_change(struct reader *reader, const struct audit_report *report,
                          json_t *object) {
    const char *name = json_string_value(json_object_get(object, "change"));

    for (size_t i = 0; name && i < report->changes_count; i++) {
        if (strcmp(name, report->changes[i].name) == 0)
            return i;
    }
    reader_fail(reader, "change");
    return 0;
}

static uint64_t read_red(struct reader *reader, json_t *object) {
    json_t *array = read_field(reader, object, "rules", JSON_ARRAY);
    uint64_t red = 0;

    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *id = json_string_value(json_array_get(array, i));
        int rule = id ? rules_find(id) : -1;

        if (rule < 0)
            reader_fail(reader, "rules");
        else
            red |= (uint64_t)1 << rule;
    }
    return red;
}

static void read_mutant(struct reader *reader, const struct audit_report *report, json_t *object,
                        struct audit_mutant *mutant) {
    *mutant = (struct audit_mutant){
        .fate = read_fate(reader, object),
        .instruction = read_size(reader, object, "instruction"),
        .change = read_change(reader, report, object),
        .address = read_hex(reader, object, "address", UINT64_MAX),
        .symbol = read_text(reader, object, "symbol"),
        .symbol_offset = read_hex(reader, object, "offset", UINT64_MAX),
        .file = read_text(reader, object, "file"),
        .before = read_text(reader, object, "before"),
        .after = read_text(reader, object, "after"),
        .red = read_red(reader, object),
        .all_cases = read_bool(reader, object, "all_cases"),
        .differs = read_bool(reader, object, "differs"),
        .conforms = read_bool(reader, object, "conforms"),
        .difference = read_text(reader, object, "difference"),
        .reason = read_text(reader, object, "reason"),
        .runs = read_size(reader, object, "runs"),
    };
    if (mutant->file)
        mutant->line = (unsigned)read_size(reader, object, "line");
}

static void read_probe(struct reader *reader, const struct audit_report *report, json_t *object,
                       struct audit_probe *probe) {
    json_t *mutants = read_field(reader, object, "mutants", JSON_ARRAY);

    probe->name = read_text(reader, object, "probe");
    probe->file = read_text(reader, object, "file");
    probe->entry = read_text(reader, object, "entry");
    probe->sha256 = read_text(reader, object, "sha256");
    probe->call_sha256 = read_text(reader, object, "call_sha256");
    probe->budget = read_size(reader, object, "budget");
    probe->instructions = read_size(reader, object, "instructions");
    probe->cases = read_size(reader, object, "cases");
    probe->sample_step = read_size(reader, object, "sample_step");
    read_statements(reader, object, &probe->statements, &probe->statements_count);
    probe->search = read_text(reader, object, "search");
    probe->mutants =
        read_room(reader, mutants, sizeof *probe->mutants, "mutants", &probe->mutants_count);
    for (size_t i = 0; i < probe->mutants_count; i++)
        read_mutant(reader, report, json_array_get(mutants, i), &probe->mutants[i]);
    if (!probe->name || !probe->file || !probe->entry || !probe->sha256 || !probe->call_sha256 ||
        !probe->search)
        reader_fail(reader, "probe");
}

/* Rules and changes are this version's own. */
static void read_rules(struct reader *reader, json_t *root, struct audit_report *report) {
    json_t *array = read_field(reader, root, "rules", JSON_ARRAY);

    if (json_array_size(array) != report->rules_count)
        reader_fail(reader, "rules");
    for (size_t i = 0; i < json_array_size(array) && i < report->rules_count; i++) {
        json_t *object = json_array_get(array, i);
        const char *id = json_string_value(json_object_get(object, "id"));

        if (!id || strcmp(id, report->rules[i].id) != 0)
            reader_fail(reader, "rules");
        report->rules[i].selected = read_bool(reader, object, "selected");
    }
}

static void read_profile(struct reader *reader, json_t *root, struct audit_report *report) {
    char *profile = read_text(reader, root, "profile");

    report->profile = profile ? rules_profile(profile) : NULL;
    if (profile && !report->profile)
        reader_fail(reader, "profile");
    free(profile);
}

static void read_audit(struct reader *reader, json_t *root, struct audit_report *report) {
    json_t *probes = read_field(reader, root, "probes", JSON_ARRAY);
    json_t *shard = json_object_get(root, "shard");
    char *hash = read_text(reader, root, "scenarios_sha256");

    if (hash && strlen(hash) == sizeof report->scenarios_sha256 - 1)
        memcpy(report->scenarios_sha256, hash, sizeof report->scenarios_sha256);
    else
        reader_fail(reader, "scenarios_sha256");
    free(hash);
    report->seed = read_seed(reader, root);
    report->thorough = read_bool(reader, root, "thorough");
    report->interrupted = read_bool(reader, root, "interrupted");
    read_profile(reader, root, report);
    read_rules(reader, root, report);
    if (shard) {
        report->shard = (unsigned)read_size(reader, shard, "part");
        report->shards = (unsigned)read_size(reader, shard, "parts");
        if (report->shard < 1 || report->shard > report->shards)
            reader_fail(reader, "shard");
    }
    report->probes =
        read_room(reader, probes, sizeof *report->probes, "probes", &report->probes_count);
    for (size_t i = 0; i < report->probes_count; i++)
        read_probe(reader, report, json_array_get(probes, i), &report->probes[i]);
}

static bool audit_read(const char *path, struct audit_report *report, struct errors *errors) {
    struct reader reader = {path, NULL, errors, false};
    json_t *root = reader_load(&reader);
    const char *version = json_string_value(json_object_get(root, "version"));
    const char *format = json_string_value(json_object_get(root, "format"));
    bool good = root != NULL;

    audit_report_describe(report);
    if (good && (!format || strcmp(format, AUDIT_JSON_FORMAT) != 0))
        good = errors_add(errors, path, 0, 0, "this is no audit's report");
    if (good && (!version || strcmp(version, report->version) != 0))
        good = errors_add(errors, path, 0, 0,
                          "this audit is of another version of hvspec, %s, and this is %s",
                          version ? version : "?", report->version);
    if (good)
        read_audit(&reader, root, report);
    json_decref(root);
    return good && !reader.failed;
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
