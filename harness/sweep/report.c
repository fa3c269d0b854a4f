/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/sweep/report.h"
#include "base/memstream.h"

#include "harness/suite/internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

char *sweep_scenario_id(const char *what, uint32_t target) {
    char *id;

    return asprintf(&id, "sweep/%s-0x%08" PRIx32, what, target) < 0 ? NULL : id;
}

bool sweep_hash(const struct sweep_options *options, uint32_t from, uint32_t to,
                char text[SHA256_TEXT_SIZE]) {
    char *list = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&list, &size);
    bool made;

    if (!stream)
        return false;
    fprintf(stream, "%x %x %x %d %x %x %x", from, to, options->stride, (int)options->beyond,
            options->signature.ebx, options->signature.ecx, options->signature.edx);
    for (size_t i = 0; i < options->axes_count; i++)
        fprintf(stream, " %s %x", sweep_what_text(options->axes[i].what), options->axes[i].target);
    made = memstream_close(stream, &list);
    if (made)
        sha256_text(list, size, text);
    free(list);
    return made;
}

/* --- One axis. --- */

static enum report_sweep_verdict axis_verdict(const struct report_sweep *sweep, bool strict) {
    for (size_t i = 0; i < sweep->rules_count; i++) {
        int rule = rules_find(sweep->rules[i].id);

        if (sweep->rules[i].failing > 0 && rule >= 0 && rules_fails((enum rule_id)rule, strict))
            return REPORT_SWEEP_FAILS;
    }
    if (sweep->unjudged > 0)
        return REPORT_SWEEP_ERROR;
    if (sweep->values < sweep->wanted)
        return REPORT_SWEEP_PARTIAL;
    return sweep->wanted == UINT64_C(1) << 32 ? REPORT_SWEEP_PROVEN : REPORT_SWEEP_HOLDS;
}

static bool axis_fill_rule(const struct sweep_finding *finding, enum rule_id id,
                           struct report_sweep_rule *rule) {
    const struct sweep_ranges *broken = &finding->broken;

    *rule = (struct report_sweep_rule){.id = rules[id].id,
                                       .runs = finding->runs,
                                       .unanswered = finding->unanswered,
                                       .failing = broken->values,
                                       .last = broken->last,
                                       .ranges_all = broken->count};
    rule->ranges_count = broken->count < SWEEP_RANGES_MAX ? broken->count : SWEEP_RANGES_MAX;
    rule->ranges = calloc(rule->ranges_count + 1, sizeof *rule->ranges);
    for (size_t i = 0; rule->ranges && i < rule->ranges_count; i++)
        rule->ranges[i] = (struct report_range){broken->kept[i].first, broken->kept[i].last};
    return rule->ranges != NULL;
}

bool sweep_fill_axis(const struct sweep_axis_result *axis, bool strict,
                     struct report_sweep *sweep) {
    sweep->values = axis->values;
    sweep->unjudged = axis->unjudged;
    sweep->unjudged_first = axis->unjudged_first;
    if (axis->unjudged > 0 && !(sweep->unjudged_reason = strdup(axis->failure)))
        return false;
    sweep->rules = calloc(RULES, sizeof *sweep->rules);
    for (unsigned rule = 0; sweep->rules && rule < RULES; rule++) {
        if (axis->findings[rule].runs == 0 && axis->findings[rule].unanswered == 0)
            continue;
        if (!axis_fill_rule(&axis->findings[rule], rule, &sweep->rules[sweep->rules_count++]))
            return false;
    }
    if (!sweep->rules)
        return false;
    sweep->verdict = axis_verdict(sweep, strict);
    return true;
}

static const struct report_sweep_rule *axis_rule(const struct report_sweep *sweep, const char *id) {
    for (size_t i = 0; i < sweep->rules_count; i++) {
        if (strcmp(sweep->rules[i].id, id) == 0)
            return &sweep->rules[i];
    }
    return NULL;
}

/* --- Notes: the sweeps as sentences. --- */

#define SWEEP_RANGES_TOLD 8u

static void note_register(const struct report_sweep *sweep, FILE *stream) {
    if (strcmp(sweep->what, sweep_what_text(SWEEP_MAX)) == 0)
        fprintf(stream, "EAX of 0x40000000, with 0x%08" PRIx32 " implemented", sweep->target);
    else
        fprintf(stream, "EAX of 0x%08" PRIx32 ", with maximum 0x%08x", sweep->target,
                CPUID_BLOCK_LAST);
}

static void note_verdict(const struct report_sweep *sweep, FILE *stream) {
    static const char *const words[REPORT_SWEEP_VERDICTS] = {
        [REPORT_SWEEP_PROVEN] = "proven for all",
        [REPORT_SWEEP_HOLDS] = "holds for",
        [REPORT_SWEEP_FAILS] = "fails; ran",
        [REPORT_SWEEP_PARTIAL] = "no counterexample so far; partial: stopped after",
        [REPORT_SWEEP_ERROR] = "could not be judged; ran",
    };

    note_register(sweep, stream);
    fprintf(stream, ": %s %" PRIu64, words[sweep->verdict], sweep->values);
    if (sweep->values < sweep->wanted)
        fprintf(stream, " of %" PRIu64, sweep->wanted);
    fputs(" values", stream);
    if (sweep->wanted != UINT64_C(1) << 32)
        fprintf(stream, ", 0x%08" PRIx32 "..0x%08" PRIx32, sweep->from, sweep->to);
    if (sweep->stride > 1)
        fprintf(stream, ", every %" PRIu32, sweep->stride);
    if (sweep->verdict == REPORT_SWEEP_FAILS && sweep->values < sweep->wanted)
        fputs("; partial: stopped ahead of its end", stream);
}

static void note_rule(const struct report_rule *rule, const struct report_sweep_rule *shown,
                      FILE *stream) {
    fprintf(stream, "%s %s (%s): fails for ", report_verdict_text(rule->verdict), rule->id,
            rule->level);
    for (size_t i = 0; i < shown->ranges_count && i < SWEEP_RANGES_TOLD; i++) {
        fprintf(stream, "%s0x%08" PRIx32, i > 0 ? ", " : "", shown->ranges[i].first);
        if (shown->ranges[i].last != shown->ranges[i].first)
            fprintf(stream, "..0x%08" PRIx32, shown->ranges[i].last);
    }
    if (shown->ranges_all > SWEEP_RANGES_TOLD)
        fprintf(stream, " and %zu more ranges", shown->ranges_all - SWEEP_RANGES_TOLD);
    fprintf(stream, " (%" PRIu64 " of %" PRIu64 " runs)", shown->failing, shown->runs);
}

static void note_unjudged(const struct report_sweep *sweep, FILE *stream) {
    fputs("error: ", stream);
    note_register(sweep, stream);
    fprintf(stream, ": %" PRIu64 " values not judged, the first 0x%08" PRIx32 ": %s",
            sweep->unjudged, sweep->unjudged_first,
            sweep->unjudged_reason ? sweep->unjudged_reason : "?");
}

/* A line each; a text's own line ends are spaces by then. */
static void note_sweep(const struct report_probe *probe, const struct report_sweep *sweep,
                       FILE *stream) {
    note_verdict(sweep, stream);
    fputc('\n', stream);
    for (size_t i = 0; i < probe->rules_count; i++) {
        const struct report_sweep_rule *shown = axis_rule(sweep, probe->rules[i].id);

        if (!shown || shown->failing == 0)
            continue;
        note_rule(&probe->rules[i], shown, stream);
        fputc('\n', stream);
    }
    if (sweep->scenario)
        fprintf(stream, "scenario: %s\n", sweep->scenario);
    if (sweep->unjudged > 0) {
        note_unjudged(sweep, stream);
        fputc('\n', stream);
    }
}

static bool note_split(struct report_probe *probe, char *text) {
    size_t count = 0;

    for (const char *at = text; *at; at++)
        count += *at == '\n';
    probe->notes = calloc(count + 1, sizeof *probe->notes);
    for (char *at = text, *end; probe->notes && *at; at = end + 1) {
        end = strchr(at, '\n');
        *end = '\0';
        if (!(probe->notes[probe->notes_count] = strdup(at)))
            return false;
        probe->notes_count++;
    }
    return probe->notes != NULL;
}

/* What the run as a whole lacks comes first: some formats have room for one note. */
static bool sweep_fill_notes(struct report_probe *probe, bool partial) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    bool made;

    if (!stream)
        return false;
    if (partial)
        fputs("partial: stopped ahead of its end, which proves nothing\n", stream);
    for (size_t i = 0; i < probe->sweeps_count; i++)
        note_sweep(probe, &probe->sweeps[i], stream);
    made = memstream_close(stream, &text) && note_split(probe, text);
    free(text);
    return made;
}

/* --- What follows from the sweeps. --- */

static bool conclude_rule(const struct report_probe *probe, struct report_rule *rule) {
    int id = rules_find(rule->id);
    const char *cause = NULL;

    if (id < 0 || rule->verdict == REPORT_NOT_APPLICABLE)
        return id >= 0;
    for (size_t i = 0; i < probe->sweeps_count; i++) {
        const struct report_sweep_rule *shown = axis_rule(&probe->sweeps[i], rule->id);

        rule->errors += probe->sweeps[i].unjudged;
        if (!cause)
            cause = probe->sweeps[i].unjudged_reason;
        rule->cases += shown ? shown->runs : 0;
        rule->violations += shown ? shown->failing : 0;
        rule->unanswered += shown ? shown->unanswered : 0;
    }
    return suite_decide(rule, (enum rule_id)id, cause);
}

static enum report_verdict conclude_scenario_rule(const struct report_sweep *sweep,
                                                  const struct report_rule *rule) {
    const struct report_sweep_rule *shown = axis_rule(sweep, rule->id);

    if (rule->verdict == REPORT_NOT_APPLICABLE)
        return REPORT_NOT_APPLICABLE;
    if (shown && shown->failing > 0)
        return rule->verdict; /* it follows from the rule's level */
    if (shown && shown->runs > 0 && shown->unanswered == 0)
        return REPORT_PASS;
    return sweep->unjudged > 0 ? REPORT_ERROR : REPORT_NOT_EXERCISED;
}

static bool conclude_scenario(struct report *report, const struct report_probe *probe,
                              const struct report_sweep *sweep, struct report_scenario *scenario) {
    char *title = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&title, &size);

    scenario->id = report_keep(report, sweep_scenario_id(sweep->what, sweep->target));
    if (stream)
        note_register(sweep, stream);
    if (!stream || !memstream_close(stream, &title)) {
        free(title);
        return false;
    }
    scenario->title = report_keep(report, title);
    scenario->cases = sweep->values;
    scenario->verdicts = calloc(probe->rules_count + 1, sizeof *scenario->verdicts);
    for (size_t i = 0; scenario->verdicts && i < probe->rules_count; i++)
        scenario->verdicts[i] = conclude_scenario_rule(sweep, &probe->rules[i]);
    return scenario->id && scenario->title && scenario->verdicts;
}

bool sweep_conclude(struct report *report, struct report_probe *probe) {
    uint64_t unjudged = 0;
    bool partial = false;

    for (size_t i = 0; i < probe->rules_count; i++) {
        if (!conclude_rule(probe, &probe->rules[i]))
            return false;
    }
    probe->scenarios = calloc(probe->sweeps_count + 1, sizeof *probe->scenarios);
    for (size_t i = 0; i < probe->sweeps_count; i++) {
        const struct report_sweep *sweep = &probe->sweeps[i];

        if (!probe->scenarios ||
            !conclude_scenario(report, probe, sweep, &probe->scenarios[probe->scenarios_count++]))
            return false;
        unjudged += sweep->unjudged;
        partial |= sweep->values < sweep->wanted;
        report->cases += sweep->values;
        report->runs += sweep->values;
    }
    report->errors += unjudged;
    probe->verdict = suite_probe_verdict(probe, report->strict, unjudged + partial);
    return sweep_fill_notes(probe, partial);
}

/* --- The report of a run. --- */

/* The rules that one run of one question shows; the others need twins, other leaves, several
 * questions or another profile, and a report that listed them would say no more than that. */
static bool fill_rules(const struct probe *probe, struct report_probe *out) {
    out->rules = calloc(RULES, sizeof *out->rules);
    for (unsigned id = 0; out->rules && id < RULES; id++) {
        struct report_rule *rule = &out->rules[out->rules_count];
        const char *reason;

        if (!rules[id].one_run)
            continue;
        out->rules_count++;
        suite_describe_rule(id, rule);
        if (suite_judges(probe, id, NULL, &reason))
            continue;
        rule->verdict = REPORT_NOT_APPLICABLE;
        rule->reason = strdup(reason);
        if (!rule->reason)
            return false;
    }
    return out->rules != NULL;
}

static bool fill_sweeps(const struct sweep_options *options, const struct sweep_result *result,
                        char *const *scenarios, struct report_probe *out) {
    out->sweeps = calloc(options->axes_count + 1, sizeof *out->sweeps);
    for (size_t i = 0; out->sweeps && i < options->axes_count; i++) {
        struct report_sweep *sweep = &out->sweeps[out->sweeps_count++];

        *sweep = (struct report_sweep){.what = sweep_what_text(options->axes[i].what),
                                       .target = options->axes[i].target,
                                       .from = options->from,
                                       .to = options->to,
                                       .stride = options->stride,
                                       .wanted = sweep_values(options)};
        if (scenarios[i] && !(sweep->scenario = strdup(scenarios[i])))
            return false;
        if (!sweep_fill_axis(&result->axes[i], options->strict, sweep))
            return false;
    }
    return out->sweeps != NULL;
}

bool sweep_fill_report(const struct probe *probe, const struct sweep_options *options,
                       const struct sweep_result *result, char *const *scenarios,
                       const char *folder, struct report *report, struct errors *errors) {
    struct report_probe *out = calloc(1, sizeof *out);

    if (!out)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    report->version = HVSPEC_VERSION;
    report->seed = SCENARIO_SEED_DEFAULT;
    report->strict = options->strict;
    report->shard = options->shard;
    report->shards = options->shards;
    report->probes = out;
    report->probes_count = 1;
    if ((report->shards > 0 &&
         !sweep_hash(options, options->whole_from, options->whole_to, report->scenarios_sha256)) ||
        !suite_name_probe(probe, out) || !fill_rules(probe, out) ||
        !fill_sweeps(options, result, scenarios, out))
        return errors_add(errors, NULL, 0, 0, "out of memory");
    return sweep_fill_examples(probe, options, result, folder, out, errors) &&
           (sweep_conclude(report, out) || errors_add(errors, NULL, 0, 0, "out of memory"));
}
