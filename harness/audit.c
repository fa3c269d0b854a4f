/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit.h"

#include "harness/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUDIT_CONSTANTS 24u
#define AUDIT_ENTRIES 17u /* the entry and what is called before it */

/* --- In the worker. --- */

struct audit_worker {
    struct search *search; /* made for the first mutant */
    struct examination examination;
};

static void *audit_worker_start(void *context) {
    (void)context;
    return calloc(1, sizeof(struct audit_worker));
}

static void audit_worker_stop(void *context, void *state) {
    struct audit_worker *worker = state;

    (void)context;
    if (worker)
        search_free(worker->search);
    free(worker);
}

static void audit_fail(struct audit_result *result, const char *why) {
    result->fate = AUDIT_INVALID;
    snprintf(result->text, sizeof result->text, "%.150s", why);
}

static void audit_note_red(struct audit_result *result, const struct examination *examination,
                           const bool *kills, bool *killed) {
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (!(examination->findings[rule].state & FINDING_VIOLATED) || !kills[rule])
            continue;
        result->red[rule] = true;
        *killed = true;
    }
}

/* Judges cases `step` apart and collects what turns red, until `enough` cases behind the first that
 * does. False: the emulator failed, see text. */
static bool audit_examine(const struct audit *audit, struct audit_worker *worker, size_t step,
                          size_t enough, struct audit_result *result) {
    struct errors errors = {0};
    struct examiner *examiner = examiner_new(audit->probe, audit->options->seed, &errors);
    bool judged = examiner != NULL, killed = false;

    if (!examiner)
        audit_fail(result, errors.count > 0 ? errors.entries[0].message : "out of memory");
    errors_clear(&errors);
    for (size_t i = 0; judged && enough > 0 && i < audit->cases_count; i += step) {
        examine_case(examiner, audit->cases[i], &worker->examination);
        result->runs += worker->examination.runs;
        audit_note_red(result, &worker->examination, audit->kills, &killed);
        enough -= killed;
        judged = !worker->examination.failed;
        if (!judged)
            audit_fail(result, worker->examination.failure);
    }
    examiner_free(examiner);
    return judged;
}

/* Whether something red kills. */
static bool audit_is_killed(struct audit_result *result) {
    bool any = false, must = false;

    for (unsigned rule = 0; rule < RULES; rule++) {
        any |= result->red[rule];
        must |= result->red[rule] && rules[rule].level == RULE_MUST;
    }
    result->only_should = any && !must;
    if (any)
        result->fate = AUDIT_KILLED;
    return any;
}

/* Judges the mutant on the sample, or on all cases when the sample lets it live. */
static void audit_judge_mutant(const struct audit *audit, struct audit_worker *worker,
                               struct audit_result *result) {
    size_t enough = audit->options->thorough ? audit->cases_count : AUDIT_ENOUGH;
    bool judged = audit_examine(audit, worker, audit->sample_step, enough, result);

    result->on_all_cases = audit->sample_step == 1;
    if (audit_is_killed(result) || !judged || result->on_all_cases)
        return;
    result->on_all_cases = true;
    audit_examine(audit, worker, 1, enough, result);
    audit_is_killed(result);
}

/* The search comes first: a mutant that it cannot tell from the original does and shows the same in
 * every case too. */
static void audit_try_mutant(struct audit *audit, struct audit_worker *worker,
                             const struct mutant *mutant, struct audit_result *result) {
    struct detour detour;
    enum search_verdict verdict;

    if (!detour_apply(&detour, audit->probe->image, &audit->source, mutant)) {
        audit_fail(result, "no room for a longer instruction");
        return;
    }
    result->fate = AUDIT_SURVIVED;
    verdict =
        search_run(worker->search, audit->probe, &result->runs, result->text, sizeof result->text);
    result->differs = verdict == SEARCH_DIFFERS || verdict == SEARCH_SAME_OUTCOMES;
    result->conforms = verdict == SEARCH_SAME_OUTCOMES;
    if (verdict == SEARCH_FAILED)
        result->fate = AUDIT_INVALID;
    else if (result->differs || audit->options->thorough)
        audit_judge_mutant(audit, worker, result);
    detour_undo(&detour);
}

static void audit_worker_run(void *context, void *state, size_t index,
                             struct pool_message *message) {
    struct audit *audit = context;
    struct audit_worker *worker = state;
    struct audit_result result = {0};
    struct errors errors = {0};

    if (worker && !worker->search)
        worker->search = search_new(&audit->space, audit->probe, &errors);
    if (worker && worker->search)
        audit_try_mutant(audit, worker, &audit->mutants.mutants[index], &result);
    else
        audit_fail(&result, errors.count > 0 ? errors.entries[0].message : "out of memory");
    errors_clear(&errors);
    pool_message_add(message, &result, sizeof result);
}

/* --- In the parent. --- */

static void audit_done(void *context, size_t index, const char *bytes, size_t size) {
    struct audit *audit = context;

    (void)size; /* our own workers' arithmetic */
    memcpy(&audit->results[index], bytes, sizeof audit->results[index]);
    audit->done++;
}

static void audit_lost(void *context, size_t index, const char *why) {
    struct audit *audit = context;

    audit_fail(&audit->results[index], why);
    audit->done++;
}

/* Only now: whether a place's other mutants differ says something about each. */
static void audit_find_reasons(struct audit *audit) {
    for (size_t i = 0; i < audit->mutants.count; i++) {
        struct audit_result *result = &audit->results[i];

        if (result->fate != AUDIT_SURVIVED || (result->differs && !result->conforms))
            continue;
        result->reason = audit_reason(audit, i);
        if (result->reason)
            result->fate = AUDIT_EQUIVALENT;
    }
}

static bool audit_judge(struct audit *audit, struct errors *errors) {
    const struct audit_options *options = audit->options;
    struct pool_work work = {.context = audit,
                             .count = audit->mutants.count,
                             .workers = options->workers,
                             .start = audit_worker_start,
                             .run = audit_worker_run,
                             .stop = audit_worker_stop,
                             .done = audit_done,
                             .lost = audit_lost};
    struct pool *pool = pool_start(&work, errors);

    if (!pool)
        return false;
    while (pool_step(pool, 250) && !*options->interrupted) {
        if (options->progress)
            options->progress(options->progress_context, audit->done, audit->mutants.count);
    }
    pool_free(pool);
    audit_find_reasons(audit);
    return true;
}

/* --- Preparing. --- */

static bool audit_take_apart(struct audit *audit, const uint64_t *addresses, size_t count,
                             struct disassembly *disassembly) {
    audit->code = calloc(count + 1, sizeof *audit->code);
    if (!audit->code)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t available;
        const uint8_t *bytes = image_bytes(audit->probe->image, addresses[i], &available);

        if (bytes && disassembly_take_apart(disassembly, bytes, available, addresses[i],
                                            &audit->code[audit->source.count]))
            audit->source.count++;
    }
    audit->source.code = audit->code;
    audit->source.mode = audit->probe->image->mode;
    return true;
}

/* Decodes what the entry reaches, and what is called before it; makes mutants and the search. */
static bool audit_make_mutants(struct audit *audit, struct errors *errors) {
    const struct probe *probe = audit->probe;
    struct disassembly *disassembly = disassembly_open(probe->image->mode);
    uint64_t entries[AUDIT_ENTRIES], *addresses = NULL;
    uint32_t constants[AUDIT_CONSTANTS];
    size_t entries_count = 0, count = 0;
    bool made;

    if (!disassembly)
        return errors_add(errors, NULL, 0, 0, "Capstone does not start");
    entries[entries_count++] = probe->setup.entry;
    for (size_t i = 0; i < probe->setup.before_count && entries_count < AUDIT_ENTRIES; i++)
        entries[entries_count++] = probe->setup.before[i];
    made = disassembly_reached(disassembly, probe->image, entries, entries_count, &addresses,
                               &count) &&
           audit_take_apart(audit, addresses, count, disassembly) &&
           mutations_make(&audit->source, &audit->mutants);
    search_space_make(&audit->space, probe, constants,
                      disassembly_constants(disassembly, probe->image, entries, entries_count,
                                            constants, AUDIT_CONSTANTS),
                      audit->options->thorough);
    audit->space.cases = audit->cases;
    audit->space.cases_count = audit->cases_count;
    free(addresses);
    disassembly_close(disassembly);
    audit->results = calloc(audit->mutants.count + 1, sizeof *audit->results);
    if (!made || !audit->results)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    if (audit->mutants.count == 0)
        return errors_add(errors, probe->path, 0, 0, "no instruction at '%s' can be decoded",
                          probe->entry);
    return true;
}

static bool audit_take_cases(struct audit *audit, struct errors *errors) {
    const struct scenario_set *set = audit->set;

    audit->cases = calloc(scenario_set_cases(set) + 1, sizeof *audit->cases);
    if (!audit->cases)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; i < set->count; i++) {
        if (set->scenarios[i].needs_presence && !audit->options->profile)
            continue;
        for (size_t j = 0; j < set->scenarios[i].cases_count; j++)
            audit->cases[audit->cases_count++] = &set->scenarios[i].cases[j];
    }
    if (audit->cases_count == 0)
        return errors_add(errors, NULL, 0, 0, "no case to run");
    audit->sample_step = audit->options->thorough || audit->cases_count <= AUDIT_SAMPLE
                             ? 1
                             : audit->cases_count / AUDIT_SAMPLE;
    return true;
}

/* What the probe as it is breaks cannot tell a mutant: a "should" rule is left out, a "must" rule
 * makes the audit pointless. */
static bool audit_learn(struct audit *audit, const struct report_probe *report,
                        struct errors *errors) {
    for (size_t i = 0; i < report->rules_count; i++) {
        int rule = rules_find(report->rules[i].id);

        if (report->rules[i].verdict == REPORT_FAIL || report->rules[i].verdict == REPORT_ERROR)
            return errors_add(errors, audit->probe->path, 0, 0,
                              "the probe '%s' itself does not pass %s: see hvspec check, and mend "
                              "it before an audit",
                              audit->probe->name, report->rules[i].id);
        if (rule >= 0 && report->rules[i].verdict == REPORT_NONSTRICT)
            audit->kills[rule] = false;
    }
    return true;
}

static bool audit_check_probe(struct audit *audit, struct errors *errors) {
    struct suite_options options = {.seed = audit->options->seed,
                                    .workers = audit->options->workers,
                                    .profile = audit->options->profile};
    struct probe *probes[1] = {audit->probe};
    struct report report = {0};
    const char *reason;
    bool good;

    memcpy(options.selected, audit->options->selected, sizeof options.selected);
    for (unsigned rule = 0; rule < RULES; rule++)
        audit->kills[rule] = options.selected[rule] && rules[rule].level != RULE_INFO &&
                             suite_judges(audit->probe, rule, options.profile, &reason);
    good = suite_run(probes, 1, audit->set, &options, &report, errors) &&
           audit_learn(audit, &report.probes[0], errors);
    report_clear(&report);
    return good;
}

bool audit_run(struct audit *audit, struct probe *probe, const struct scenario_set *set,
               const struct audit_options *options, struct errors *errors) {
    *audit = (struct audit){.probe = probe, .set = set, .options = options};
    return audit_take_cases(audit, errors) && audit_make_mutants(audit, errors) &&
           audit_check_probe(audit, errors) && audit_judge(audit, errors);
}

void audit_clear(struct audit *audit) {
    free(audit->cases);
    free(audit->code);
    free(audit->results);
    mutant_list_clear(&audit->mutants);
    *audit = (struct audit){0};
}

size_t audit_count(const struct audit *audit, size_t kind, enum audit_fate fate) {
    size_t count = 0;

    for (size_t i = 0; i < audit->mutants.count; i++)
        count += (kind == mutations_count || audit->mutants.mutants[i].kind == kind) &&
                 audit->results[i].fate == fate;
    return count;
}
