/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/internal.h"

#include "harness/spec/rules.h"
#include "harness/suite/internal.h"

#include <stdlib.h>
#include <string.h>

/* One case of the whole run. */
struct merge_case {
    size_t probe;
    const char *id;                     /* borrowed, as is */
    const struct report_scenario *from; /* the scenario in the part that ran the case, */
    bool first;                         /* of which it is the part's first */
};

struct merge {
    struct report *parts; /* by part */
    size_t count;
    struct report *whole;
    struct merge_case *cases; /* in the order of the whole run */
    size_t cases_count;
};

/* --- Whether they belong together. --- */

static bool merge_same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool merge_is_sweep(const struct report *part) {
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

static bool merge_check(struct report *parts, const char *const *paths, size_t count,
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

static int merge_compare_parts(const void *a, const void *b) {
    const struct report *x = a, *y = b;

    return (x->shard > y->shard) - (x->shard < y->shard);
}

/* --- The whole run's cases in order. --- */

static bool merge_list_part(struct merge *merge, size_t part) {
    const struct report *report = &merge->parts[part];
    size_t at = part;

    for (size_t p = 0; p < report->probes_count; p++) {
        for (size_t s = 0; !report->probes[p].is_table && s < report->probes[p].scenarios_count;
             s++) {
            const struct report_scenario *scenario = &report->probes[p].scenarios[s];

            for (size_t i = 0; i < scenario->cases; i++, at += merge->count) {
                if (at >= merge->cases_count)
                    return false;
                merge->cases[at] = (struct merge_case){p, scenario->case_ids[i], scenario, i == 0};
            }
        }
    }
    return at >= merge->cases_count && at < merge->cases_count + merge->count;
}

/* Parts whose cases do not take turns were not run to the end. */
static bool merge_list(struct merge *merge, struct errors *errors) {
    for (size_t i = 0; i < merge->count; i++)
        merge->cases_count += merge->parts[i].cases - merge_cases_of_tables(&merge->parts[i]);
    merge->cases = calloc(merge->cases_count + 1, sizeof *merge->cases);
    if (!merge->cases)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; i < merge->count; i++) {
        if (!merge_list_part(merge, i))
            return errors_add(errors, NULL, 0, 0,
                              "part %zu of %zu lacks cases: it was not run to its end", i + 1,
                              merge->count);
    }
    return true;
}

/* The whole run's number of a part's case at or behind number `at`, or SIZE_MAX. */
static size_t merge_find(const struct merge *merge, size_t part, size_t probe, const char *id,
                         size_t at) {
    for (at += (part + merge->count - at % merge->count) % merge->count; at < merge->cases_count;
         at += merge->count) {
        if (merge->cases[at].probe == probe && strcmp(merge->cases[at].id, id) == 0)
            return at;
    }
    return SIZE_MAX;
}

/* --- Rules. --- */

/* Joins the parts' lists of a rule's cases, the ones that only deviate or all broken ones, into
 * `ids`, which has room for `wanted`. False: a part names a case that it cannot have run. */
static bool merge_cases(struct merge *merge, size_t probe, size_t index, bool deviating,
                        const char **ids, size_t wanted) {
    bool *named = calloc(merge->cases_count + 1, sizeof *named);
    size_t count = 0;

    for (size_t part = 0; named && part < merge->count; part++) {
        const struct report_rule *from = &merge->parts[part].probes[probe].rules[index];
        const char **list = deviating ? from->deviating_cases : from->violating_cases;
        size_t at = 0, listed = deviating ? from->deviations : from->violations;

        for (size_t i = 0; i < listed && at != SIZE_MAX; i++) {
            at = merge_find(merge, part, probe, list[i], at);
            if (at != SIZE_MAX)
                named[at++] = true;
        }
    }
    for (size_t i = 0; named && i < merge->cases_count && count <= wanted; i++) {
        if (!named[i])
            continue;
        if (count < wanted)
            ids[count] = merge->cases[i].id;
        count++;
    }
    free(named);
    return count == wanted;
}

static bool merge_violating(struct merge *merge, size_t probe, size_t index,
                            struct report_rule *rule) {
    rule->violating_cases = calloc(rule->violations + 1, sizeof *rule->violating_cases);
    rule->deviating_cases = calloc(rule->deviations + 1, sizeof *rule->deviating_cases);
    return rule->violating_cases && rule->deviating_cases &&
           merge_cases(merge, probe, index, false, rule->violating_cases, rule->violations) &&
           merge_cases(merge, probe, index, true, rule->deviating_cases, rule->deviations);
}

/* The simplest of all parts' examples: they are the simplest of the whole run. */
static bool merge_examples(struct merge *merge, size_t probe, size_t index,
                           struct report_rule *rule) {
    struct report_example *best[REPORT_EXAMPLES_MAX];
    size_t numbers[REPORT_EXAMPLES_MAX], count = 0;

    for (size_t part = 0; part < merge->count; part++) {
        struct report_rule *from = &merge->parts[part].probes[probe].rules[index];

        for (size_t i = 0; i < from->examples_count; i++) {
            struct report_example *example = &from->examples[i];
            size_t number = merge_find(merge, part, probe, example->case_id, 0), at = count;

            while (at > 0 &&
                   (best[at - 1]->complexity > example->complexity ||
                    (best[at - 1]->complexity == example->complexity && numbers[at - 1] > number)))
                at--;
            if (at == REPORT_EXAMPLES_MAX)
                continue;
            if (count == REPORT_EXAMPLES_MAX)
                count--;
            memmove(&best[at + 1], &best[at], (count - at) * sizeof best[0]);
            memmove(&numbers[at + 1], &numbers[at], (count - at) * sizeof numbers[0]);
            best[at] = example;
            numbers[at] = number;
            count++;
        }
    }
    rule->examples = calloc(count + 1, sizeof *rule->examples);
    for (size_t i = 0; rule->examples && i < count; i++) {
        rule->examples[rule->examples_count++] = *best[i];
        *best[i] = (struct report_example){0};
    }
    return rule->examples != NULL;
}

static bool merge_rule(struct merge *merge, size_t probe, size_t index, struct report_rule *rule) {
    const struct report_rule *first = &merge->parts[0].probes[probe].rules[index];
    int id = rules_find(first->id);
    const char *cause = NULL;

    if (id < 0)
        return false;
    *rule = (struct report_rule){.id = rules[id].id,
                                 .level = rule_level_text(rules[id].level),
                                 .locator = rules[id].locator,
                                 .text = rules[id].text,
                                 .why = rules[id].why,
                                 .verdict = first->verdict};
    if (first->verdict == REPORT_NOT_APPLICABLE) {
        rule->reason = first->reason ? strdup(first->reason) : NULL;
        return rule->reason || !first->reason;
    }
    for (size_t part = 0; part < merge->count; part++) {
        const struct report_rule *from = &merge->parts[part].probes[probe].rules[index];

        rule->cases += from->cases;
        rule->violations += from->violations;
        rule->deviations += from->deviations;
        rule->unanswered += from->unanswered;
        rule->errors += from->errors;
        cause = suite_first_cause(cause, suite_cause_of(from));
    }
    return merge_violating(merge, probe, index, rule) &&
           suite_decide(rule, (enum rule_id)id, cause) && merge_examples(merge, probe, index, rule);
}

/* --- Scenarios. --- */

/* Which verdict of two parts of a scenario says more. */
static enum report_verdict merge_verdicts(enum report_verdict a, enum report_verdict b) {
    static const int weights[REPORT_VERDICTS] = {
        [REPORT_NOT_EXERCISED] = 0, [REPORT_ERROR] = 1, [REPORT_PASS] = 2,
        [REPORT_INFO] = 3,          [REPORT_FAIL] = 3,  [REPORT_NONSTRICT] = 3,
        [REPORT_NOT_APPLICABLE] = 4};

    return weights[a] >= weights[b] ? a : b;
}

static bool merge_scenario(const struct merge *merge, size_t first, size_t end, size_t rules_count,
                           struct report_scenario *scenario) {
    scenario->id = merge->cases[first].from->id;
    scenario->title = merge->cases[first].from->title;
    scenario->cases = end - first;
    scenario->case_ids = calloc(end - first, sizeof *scenario->case_ids);
    scenario->verdicts = calloc(rules_count + 1, sizeof *scenario->verdicts);
    if (!scenario->case_ids || !scenario->verdicts)
        return false;
    for (size_t i = 0; i < rules_count; i++)
        scenario->verdicts[i] = REPORT_NOT_EXERCISED;
    for (size_t at = first; at < end; at++) {
        scenario->case_ids[at - first] = merge->cases[at].id;
        for (size_t i = 0; i < rules_count; i++)
            scenario->verdicts[i] =
                merge_verdicts(scenario->verdicts[i], merge->cases[at].from->verdicts[i]);
        if (merge->cases[at].first)
            report_add_plain(&scenario->plain, &merge->cases[at].from->plain);
    }
    return true;
}

static bool merge_scenarios(const struct merge *merge, size_t probe, struct report_probe *out) {
    out->scenarios = calloc(merge->cases_count + 1, sizeof *out->scenarios);
    for (size_t first = 0, end; out->scenarios && first < merge->cases_count; first = end) {
        const struct merge_case *test = &merge->cases[first];

        for (end = first + 1; end < merge->cases_count && merge->cases[end].probe == test->probe &&
                              strcmp(merge->cases[end].from->id, test->from->id) == 0;)
            end++;
        if (test->probe == probe && !merge_scenario(merge, first, end, out->rules_count,
                                                    &out->scenarios[out->scenarios_count++]))
            return false;
    }
    return out->scenarios != NULL;
}

/* --- Probes. --- */

struct merge_failure {
    size_t number; /* of its first case, in the whole run */
    struct report_failure *from;
};

static int merge_compare_failures(const void *a, const void *b) {
    const struct merge_failure *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

/* Adds a part's cause to those of earlier first cases. */
static void merge_failure(struct report_failure *from, struct report_probe *out) {
    for (size_t i = 0; i < out->failures_count; i++) {
        if (strcmp(out->failures[i].cause, from->cause) == 0) {
            out->failures[i].cases += from->cases;
            return;
        }
    }
    out->failures[out->failures_count++] = *from;
    *from = (struct report_failure){0};
}

/* Each cause with its first case of the whole run, in the order of these. */
static bool merge_failures(const struct merge *merge, size_t probe, struct report_probe *out) {
    size_t room = 0, count = 0;
    struct merge_failure *list;

    for (size_t part = 0; part < merge->count; part++)
        room += merge->parts[part].probes[probe].failures_count;
    list = calloc(room + 1, sizeof *list);
    out->failures = calloc(room + 1, sizeof *out->failures);
    for (size_t part = 0; list && part < merge->count; part++) {
        struct report_probe *from = &merge->parts[part].probes[probe];

        for (size_t i = 0; i < from->failures_count; i++)
            list[count++] = (struct merge_failure){
                merge_find(merge, part, probe, from->failures[i].case_id, 0), &from->failures[i]};
    }
    if (list)
        qsort(list, count, sizeof *list, merge_compare_failures);
    for (size_t i = 0; out->failures && i < count; i++)
        merge_failure(list[i].from, out);
    free(list);
    return list && out->failures;
}

static bool merge_notes(struct merge *merge, size_t probe, struct report_probe *out) {
    struct report_probe *first = &merge->parts[0].probes[probe];

    out->notes = first->notes;
    out->notes_count = first->notes_count;
    first->notes = NULL;
    first->notes_count = 0;
    return merge_failures(merge, probe, out);
}

/* The first part's sites are taken over; any part may have reached one. */
static void merge_sites(struct merge *merge, size_t probe, struct report_probe *out) {
    struct report_probe *first = &merge->parts[0].probes[probe];

    out->sites = first->sites;
    out->sites_count = first->sites_count;
    first->sites = NULL;
    first->sites_count = 0;
    for (size_t part = 1; part < merge->count; part++) {
        const struct report_probe *from = &merge->parts[part].probes[probe];

        for (size_t i = 0; i < out->sites_count && i < from->sites_count; i++)
            out->sites[i].reached |= from->sites[i].reached;
    }
}

static void merge_statements(struct report_probe *first, struct report_probe *out) {
    out->statements = first->statements;
    out->statements_count = first->statements_count;
    first->statements = NULL;
    first->statements_count = 0;
}

char *merge_take(char **text) {
    char *taken = *text;

    *text = NULL;
    return taken;
}

static bool merge_probe(struct merge *merge, size_t probe, struct report_probe *out) {
    struct report_probe *first = &merge->parts[0].probes[probe];
    uint64_t errors = 0;

    if (first->is_table)
        return merge_take_table(first, out);
    out->rules = calloc(first->rules_count + 1, sizeof *out->rules);
    if (!out->rules)
        return false;
    for (size_t i = 0; i < first->rules_count; i++) {
        if (!merge_rule(merge, probe, i, &out->rules[out->rules_count++]))
            return false;
        if (out->rules[i].errors > errors)
            errors = out->rules[i].errors;
    }
    if (!merge_scenarios(merge, probe, out) || !merge_notes(merge, probe, out))
        return false;
    merge_sites(merge, probe, out);
    merge_statements(first, out);
    out->name = merge_take(&first->name);
    out->file = merge_take(&first->file);
    out->sha256 = merge_take(&first->sha256);
    out->call_sha256 = merge_take(&first->call_sha256);
    out->budget = first->budget;
    out->hunt = first->hunt;
    out->left_out = first->left_out;
    out->arch = merge_take(&first->arch);
    out->entry = merge_take(&first->entry);
    out->verdict = suite_probe_verdict(out, merge->parts[0].strict, errors);
    return true;
}

static bool merge_fill(struct merge *merge) {
    struct report *whole = merge->whole;

    *whole = (struct report){.version = merge->parts[0].version,
                             .seed = merge->parts[0].seed,
                             .strict = merge->parts[0].strict,
                             .profile = merge->parts[0].profile,
                             .some_scenarios = merge->parts[0].some_scenarios,
                             .cases = merge->cases_count + merge_cases_of_tables(&merge->parts[0])};
    for (size_t i = 0; i < merge->count; i++) {
        whole->runs += merge->parts[i].runs;
        whole->errors += merge->parts[i].errors;
    }
    whole->probes = calloc(merge->parts[0].probes_count + 1, sizeof *whole->probes);
    for (size_t i = 0; whole->probes && i < merge->parts[0].probes_count; i++) {
        whole->probes_count++;
        if (!merge_probe(merge, i, &whole->probes[i]))
            return false;
    }
    return whole->probes != NULL;
}

bool merge_reports(struct report *parts, const char *const *paths, size_t count,
                   struct report *whole, struct errors *errors) {
    struct merge merge = {.parts = parts, .count = count, .whole = whole};
    bool good = merge_check(parts, paths, count, errors);

    if (good)
        qsort(parts, count, sizeof *parts, merge_compare_parts);
    if (good && merge_is_sweep(&parts[0]))
        return merge_sweep(parts, count, whole, errors);
    good = good && merge_list(&merge, errors);
    if (good && !merge_fill(&merge))
        good =
            errors_add(errors, NULL, 0, 0, "the reports contradict themselves, or out of memory");
    free(merge.cases);
    return good;
}
