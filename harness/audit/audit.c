/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit/audit.h"

#include <stdlib.h>
#include <string.h>

#define AUDIT_CONSTANTS 24u
#define AUDIT_ENTRIES 17u /* the entry and what is called before it */

/* --- Judging. --- */

static void audit_done(void *context, size_t index, const char *bytes, size_t size) {
    struct audit *audit = context;
    const struct audit_place *place = &audit->places[index];

    (void)size; /* our own workers' arithmetic */
    memcpy(&audit->results[place->first], bytes, place->count * sizeof *audit->results);
    audit->done += place->count;
}

static void audit_lost(void *context, size_t index, const char *why) {
    struct audit *audit = context;
    const struct audit_place *place = &audit->places[index];

    for (size_t i = 0; i < place->count; i++)
        audit_fail(&audit->results[place->first + i], why);
    audit->done += place->count;
}

static bool audit_judge(struct audit *audit, struct errors *errors) {
    const struct audit_options *options = audit->options;
    struct pool_work work = {.context = audit,
                             .count = audit->places_count,
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
            options->progress(options->progress_context, audit->done, audit->mine);
    }
    pool_free(pool);
    return true;
}

/* --- Preparing. --- */

/* Parts take instructions in turn. */
static void audit_take_part(struct audit *audit) {
    unsigned shards = audit->options->shards;
    size_t kept = 0;

    for (size_t i = 0; i < audit->places_count; i++) {
        if (shards > 0 && i % shards != audit->options->shard - 1)
            continue;
        audit->places[kept++] = audit->places[i];
        audit->mine += audit->places[i].count;
    }
    audit->places_count = kept;
}

static bool audit_find_places(struct audit *audit) {
    const struct mutant *mutants = audit->mutants.mutants;

    audit->results = calloc(audit->mutants.count + 1, sizeof *audit->results);
    audit->places = calloc(audit->source.count + 1, sizeof *audit->places);
    if (!audit->results || !audit->places)
        return false;
    for (size_t i = 0; i < audit->mutants.count; i++) {
        if (i == 0 || mutants[i].at != mutants[i - 1].at)
            audit->places[audit->places_count++].first = i;
        audit->places[audit->places_count - 1].count++;
    }
    audit_take_part(audit);
    return true;
}

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
        return errors_fail(errors, "Capstone does not start");
    entries[entries_count++] = probe->setup.entry;
    for (size_t i = 0; i < probe->setup.before_count && entries_count < AUDIT_ENTRIES; i++)
        entries[entries_count++] = probe->setup.before[i];
    made = disassembly_reached(disassembly, probe->image, entries, entries_count, &addresses,
                               &count) &&
           audit_take_apart(audit, addresses, count, disassembly) &&
           mutations_make(&audit->source, &audit->mutants) && audit_find_places(audit);
    search_space_make(&audit->space, probe, constants,
                      disassembly_constants(disassembly, probe->image, entries, entries_count,
                                            DISASSEMBLY_NAMED, constants, AUDIT_CONSTANTS),
                      audit->options->thorough);
    audit->space.cases = audit->cases;
    audit->space.cases_count = audit->cases_count;
    free(addresses);
    disassembly_close(disassembly);
    if (!made)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    if (audit->mutants.count == 0)
        return errors_add(errors, probe->path, 0, 0, "no instruction at '%s' can be decoded",
                          probe->entry);
    if (audit->mine == 0)
        return errors_add(errors, probe->path, 0, 0, "part %u of %u has no instruction to change",
                          audit->options->shard, audit->options->shards);
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
    if (report->verdict == REPORT_ERROR)
        return errors_fail(errors,
                           "%s: the probe '%s' itself could not be judged: see hvspec check",
                           audit->probe->path, audit->probe->name);
    for (size_t i = 0; i < report->rules_count; i++) {
        int rule = rules_find(report->rules[i].id);

        if (report->rules[i].verdict == REPORT_FAIL)
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
    bool good;

    memcpy(options.selected, audit->options->selected, sizeof options.selected);
    suite_judged(audit->probe, options.selected, options.profile, audit->judged);
    for (unsigned rule = 0; rule < RULES; rule++)
        audit->kills[rule] = audit->judged[rule] && rules[rule].level != RULE_INFO;
    good = suite_run_plain(probes, 1, audit->set, &options, &report, errors) &&
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
    free(audit->places);
    mutant_list_clear(&audit->mutants);
    *audit = (struct audit){0};
}
