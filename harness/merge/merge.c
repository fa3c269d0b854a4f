/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/internal.h"

#include "harness/merge/tally.h"
#include "harness/suite/internal.h"

#include <stdlib.h>
#include <string.h>

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
                merge->cases[at] = (struct merge_case){p, part, scenario, i};
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

/* --- Probes. --- */

static void merge_notes(struct report_probe *first, struct report_probe *out) {
    out->notes = first->notes;
    out->notes_count = first->notes_count;
    first->notes = NULL;
    first->notes_count = 0;
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
    struct merge_tally joined;
    bool done;

    if (first->is_table)
        return merge_take_table(first, out);
    done = merge_tally(merge, probe, &joined) && tally_fill(&joined.tally, out);
    if (done)
        out->verdict =
            suite_probe_verdict(out, merge->parts[0].strict, tally_errors(&joined.tally));
    merge_tally_clear(&joined);
    if (!done)
        return false;
    merge_notes(first, out);
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
