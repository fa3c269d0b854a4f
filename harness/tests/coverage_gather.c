/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/tests/coverage_gather.h"

#include "harness/audit/audit.h"

#include <stdlib.h>
#include <string.h>

static int by_address(const void *a, const void *b) {
    const struct coverage_case *one = a, *other = b;

    return one->id < other->id ? -1 : one->id > other->id;
}

bool coverage_gather_open(struct coverage_gather *gather, const struct scenario_set *set) {
    size_t count = scenario_set_cases(set);

    *gather = (struct coverage_gather){.set = set, .audits = json_array()};
    gather->cases = calloc(count + 1, sizeof *gather->cases);
    if (!gather->cases || !gather->audits)
        return false;
    for (size_t i = 0; i < set->count; i++) {
        for (size_t j = 0; j < set->scenarios[i].cases_count; j++) {
            gather->cases[gather->cases_count] =
                (struct coverage_case){set->scenarios[i].cases[j].id, gather->cases_count};
            gather->cases_count++;
        }
    }
    qsort(gather->cases, gather->cases_count, sizeof *gather->cases, by_address);
    for (unsigned rule = 0; rule < RULES; rule++) {
        gather->bits[rule] = calloc(count + 1, 1);
        gather->alone[rule] = json_array();
        if (!gather->bits[rule] || !gather->alone[rule])
            return false;
    }
    return true;
}

void coverage_gather_clear(struct coverage_gather *gather) {
    for (size_t i = 0; i < gather->catches_count; i++)
        free(gather->catches[i].name);
    for (size_t i = 0; i < gather->passing_count; i++)
        free(gather->passing[i]);
    for (unsigned rule = 0; rule < RULES; rule++) {
        free(gather->bits[rule]);
        json_decref(gather->alone[rule]);
    }
    json_decref(gather->audits);
    free(gather->catches);
    free(gather->cases);
    *gather = (struct coverage_gather){0};
}

/* --- Broken probes. --- */

static bool gather_catch(struct coverage_gather *gather, unsigned rule, const char *name,
                         bool alone) {
    struct coverage_catch *grown =
        realloc(gather->catches, (gather->catches_count + 1) * sizeof *gather->catches);

    if (!grown)
        return false;
    gather->catches = grown;
    grown[gather->catches_count] = (struct coverage_catch){rule, alone, strdup(name)};
    return grown[gather->catches_count++].name != NULL;
}

static void gather_failing(struct coverage_gather *gather, unsigned rule,
                           const struct report_rule *report) {
    for (size_t i = 0; i < report->violations; i++) {
        const struct coverage_case key = {.id = report->violating_cases[i]};
        const struct coverage_case *found =
            bsearch(&key, gather->cases, gather->cases_count, sizeof *gather->cases, by_address);

        if (found)
            gather->bits[rule][found->index] |= COVERAGE_FAILS;
    }
}

bool coverage_gather_broken(struct coverage_gather *gather, const char *name,
                            const struct report_probe *report) {
    size_t count = 0;
    bool ok = true;

    for (size_t i = 0; i < report->rules_count; i++)
        count += report->rules[i].violations > 0;
    for (size_t i = 0; i < report->rules_count; i++) {
        int rule = rules_find(report->rules[i].id);

        if (rule < 0 || report->rules[i].violations == 0)
            continue;
        ok &= gather_catch(gather, (unsigned)rule, name, count == 1);
        gather_failing(gather, (unsigned)rule, &report->rules[i]);
    }
    return ok;
}

/* --- Probes that conform. --- */

static void gather_exercised(struct coverage_gather *gather, const struct probe *probe,
                             struct examiner *examiner, const char *profile) {
    static struct examination examination;
    const char *reason;
    size_t index = 0;

    for (size_t i = 0; i < gather->set->count; i++) {
        const struct scenario *scenario = &gather->set->scenarios[i];

        for (size_t j = 0; j < scenario->cases_count; j++, index++) {
            if (scenario->needs_presence != (profile != NULL))
                continue;
            examine_case(examiner, &scenario->cases[j], &examination);
            for (unsigned rule = 0; rule < RULES; rule++) {
                unsigned state = examination.findings[rule].state;

                if ((state & FINDING_EXERCISED) && !(state & FINDING_VIOLATED) &&
                    suite_judges(probe, rule, profile, &reason))
                    gather->bits[rule][index] |= COVERAGE_PASSES;
            }
        }
    }
}

bool coverage_gather_passing(struct coverage_gather *gather, const char *path, const char *profile,
                             struct errors *errors) {
    struct probe_options options = {0};
    struct probe **probes = NULL;
    size_t count = 0;
    bool good = probe_load(path, &options, &probes, &count, errors);

    for (size_t i = 0; good && i < count; i++) {
        struct examiner *examiner = examiner_new(probes[i], 1, errors);

        good = examiner && gather->passing_count < sizeof gather->passing / sizeof *gather->passing;
        if (!good)
            break;
        gather_exercised(gather, probes[i], examiner, profile);
        gather->passing[gather->passing_count++] = strdup(probes[i]->name);
        examiner_free(examiner);
    }
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
    return good;
}

/* --- Mutants. --- */

static bool gather_mutants(struct coverage_gather *gather, const struct audit_report *report) {
    const struct audit_probe *probe = &report->probes[0];
    size_t all = report->changes_count;
    bool ok = true;

    for (size_t i = 0; i < probe->mutants_count; i++) {
        const struct audit_mutant *mutant = &probe->mutants[i];

        for (unsigned rule = 0; rule < RULES; rule++) {
            gather->reds[rule] += mutant->red >> rule & 1;
            if (mutant->red == 1ull << rule)
                json_add(gather->alone[rule], &ok,
                         json_pack("{s:s, s:s, s:s, s:s, s:s, s:i}", "probe", probe->name, "change",
                                   report->changes[mutant->change].name, "before", mutant->before,
                                   "after", mutant->after, "symbol",
                                   mutant->symbol ? mutant->symbol : "", "line",
                                   (int)mutant->line));
        }
    }
    json_add(gather->audits, &ok,
             json_pack("{s:s, s:i, s:i, s:i, s:i}", "probe", probe->name, "mutants",
                       (int)probe->mutants_count, "killed",
                       (int)audit_probe_count(report, probe, all, AUDIT_KILLED), "equivalent",
                       (int)audit_probe_count(report, probe, all, AUDIT_EQUIVALENT), "survived",
                       (int)audit_probe_count(report, probe, all, AUDIT_SURVIVED)));
    return ok;
}

bool coverage_gather_audit(struct coverage_gather *gather, const char *path, unsigned workers,
                           struct errors *errors) {
    static volatile const sig_atomic_t never;
    struct audit_options options = {
        .seed = 1, .workers = workers, .sure = true, .interrupted = &never};
    struct probe_options how = {0};
    struct audit_report report = {0};
    struct audit audit = {0};
    struct probe **probes = NULL;
    size_t count = 0;
    bool good = probe_load(path, &how, &probes, &count, errors);

    memset(options.selected, true, sizeof options.selected);
    if (good) {
        probes[0]->setup.budget = AUDIT_BUDGET;
        good = audit_report_open(&options, gather->set, &report) &&
               audit_run(&audit, probes[0], gather->set, &options, errors) &&
               audit_fill(&audit, &report) && gather_mutants(gather, &report);
        audit_clear(&audit);
    }
    audit_report_clear(&report);
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
    return good;
}
