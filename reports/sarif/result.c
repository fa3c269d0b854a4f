/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/sarif/sarif.h"

#include "base/sha256.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool sarif_same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Where in the code the verdict hangs: the deciding execution's symbol. NULL: unknown. */
static const char *sarif_symbol(const struct report_example *example) {
    for (size_t i = 0; i < example->trace_count; i++) {
        if (example->trace[i].deciding)
            return example->trace[i].symbol;
    }
    return NULL;
}

static bool sarif_same_place(const struct report_example *a, const struct report_example *b) {
    return sarif_same_text(a->source_file, b->source_file) && a->source_line == b->source_line &&
           sarif_same_text(sarif_symbol(a), sarif_symbol(b));
}

/* An earlier example stands for this one: a page shows each line once. */
static bool sarif_is_repeated(const struct report_rule *rule, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (sarif_same_place(&rule->examples[i], &rule->examples[index]))
            return true;
    }
    return false;
}

/* What tells this result from others in the next run as well (3.27.17): neither lines nor addresses
 * nor cases, all of which move when code or scenarios are edited. `place` counts the rule's. */
static json_t *sarif_fingerprints(const struct report_probe *probe, const struct report_rule *rule,
                                  const char *symbol, size_t place) {
    json_t *object = json_object();
    char *text = NULL, digest[SHA256_TEXT_SIZE];
    bool ok = object;

    if (asprintf(&text, "%s\n%s\n%s\n%.*s\n%zu", probe->name, probe->entry, rule->id,
                 symbol ? (int)strcspn(symbol, "+") : 0, symbol ? symbol : "", place) < 0)
        return json_finish(object, false);
    sha256_text(text, strlen(text), digest);
    json_put(object, &ok, "hvspecPlace/v1", json_string(digest));
    free(text);
    return json_finish(object, ok);
}

/* The CPUID executions in order, as a code flow of one thread (3.36). */
static json_t *sarif_flows(const struct report_probe *probe, const struct report_example *example) {
    json_t *flows = json_array(), *flow = json_object(), *threads = json_array();
    json_t *thread = json_object(), *steps = json_array();
    bool ok = flows;

    for (size_t i = 0; i < example->trace_count; i++) {
        const struct report_step *step = &example->trace[i];
        json_t *object = json_object();

        json_put(object, &ok, "location", sarif_step(probe, step));
        json_put(object, &ok, "executionOrder", json_integer((json_int_t)i + 1));
        json_put(object, &ok, "importance",
                 json_string(step->deciding ? "essential" : "important"));
        json_add(steps, &ok, object);
    }
    json_put(thread, &ok, "locations", steps);
    json_add(threads, &ok, thread);
    json_put(flow, &ok, "threadFlows", threads);
    json_add(flows, &ok, flow);
    return json_finish(flows, ok);
}

static json_t *sarif_result_message(const struct report_probe *probe,
                                    const struct report_rule *rule,
                                    const struct report_example *example) {
    const char *twin = example && example->twin ? example->twin : NULL;

    if (!example)
        return sarif_message("%s: %s Seen in %" PRIu64 " of %" PRIu64 " cases.", probe->name,
                             rule->text, rule->violations, rule->cases);
    return sarif_message(
        "%s: expected: %s; observed: %s. Seen in %" PRIu64 " of %" PRIu64 " cases, for example "
        "%s%s%s. Rerun it with: %s",
        probe->name, example->expected, example->observed, rule->violations, rule->cases,
        example->case_id, twin ? ", changed: " : "", twin ? twin : "", example->rerun);
}

/* Only what has gone wrong is of kind "fail", and nothing else has a level (3.27.10). */
static const char *sarif_level(const struct report *report, const struct report_rule *rule) {
    if (rule->verdict == REPORT_INFO)
        return "none";
    return report_fails(report, rule->verdict) ? "error" : "warning";
}

/* What the baseline lists is accepted (3.35). With a gate every result says so or says that it is
 * not, with an empty array, because a run has to have this for all results or for none (3.27.23).
 */
static json_t *sarif_suppressions(const struct report_rule *rule,
                                  const struct report_example *example) {
    const struct report_line *line = example                  ? example->line
                                     : report_is_listed(rule) ? rule->lines[0]
                                                              : NULL;
    json_t *array = json_array(), *object;
    bool ok = array;

    if (!line)
        return array;
    object = json_object();
    json_put(object, &ok, "kind", json_string("external"));
    json_put(object, &ok, "status", json_string("accepted"));
    json_put(object, &ok, "justification",
             json_text(*line->reason ? line->reason : "listed without a reason"));
    json_put(object, &ok, "location", sarif_line_location(line));
    json_add(array, &ok, object);
    return json_finish(array, ok);
}

static json_t *sarif_properties(const struct report_probe *probe, const struct report_rule *rule) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "probe", json_text(probe->name));
    json_put(object, &ok, "verdict", json_text(report_verdict_text(rule->verdict)));
    json_put(object, &ok, "cases", json_integer((json_int_t)rule->cases));
    json_put(object, &ok, "violations", json_integer((json_int_t)rule->violations));
    return json_finish(object, ok);
}

/* `example` NULL: none was kept, and the place is unknown. */
static json_t *sarif_result(const struct report *report, const struct report_probe *probe,
                            const struct report_rule *rule, const struct report_example *example,
                            size_t place, const struct sarif_rules *rules) {
    json_t *object = json_object(), *locations = json_array();
    const char *symbol = example ? sarif_symbol(example) : NULL;
    bool ok = object;

    sarif_put_rule(object, &ok, rules, rule->id, "ruleId", "ruleIndex");
    json_put(object, &ok, "kind",
             json_string(rule->verdict == REPORT_INFO ? "informational" : "fail"));
    json_put(object, &ok, "level", json_string(sarif_level(report, rule)));
    json_put(object, &ok, "message", sarif_result_message(probe, rule, example));
    json_add(locations, &ok,
             sarif_location(probe, example ? example->source_file : NULL,
                            example ? example->source_line : 0, symbol, NULL));
    json_put(object, &ok, "locations", locations);
    json_put(object, &ok, "partialFingerprints", sarif_fingerprints(probe, rule, symbol, place));
    if (example && example->trace_count > 0)
        json_put(object, &ok, "codeFlows", sarif_flows(probe, example));
    if (report->gate.path)
        json_put(object, &ok, "suppressions", sarif_suppressions(rule, example));
    json_put(object, &ok, "properties", sarif_properties(probe, rule));
    return json_finish(object, ok);
}

void sarif_add_results(json_t *results, bool *ok, const struct report *report,
                       const struct report_probe *probe, const struct report_rule *rule,
                       const struct sarif_rules *rules) {
    bool broken = rule->verdict == REPORT_FAIL || rule->verdict == REPORT_NONSTRICT;
    size_t place = 0;

    if (!broken && !(rule->verdict == REPORT_INFO && rule->examples_count > 0))
        return;
    if (rule->examples_count == 0)
        json_add(results, ok, sarif_result(report, probe, rule, NULL, 0, rules));
    for (size_t i = 0; i < rule->examples_count; i++) {
        if (!sarif_is_repeated(rule, i))
            json_add(results, ok,
                     sarif_result(report, probe, rule, &rule->examples[i], place++, rules));
    }
}

/* --- Lines of the baseline that fail the gate. --- */

static const struct report_rule sarif_gone = {
    .id = "baseline/gone",
    .level = "must",
    .text = "A violation that the baseline lists still happens.",
    .why = "A line that lists nothing any more would let the violation come back unseen.",
    .locator = "hvspec check --baseline"};
static const struct report_rule sarif_unmatched = {
    .id = "baseline/unmatched",
    .level = "must",
    .text = "A line of the baseline names a probe, a rule and a case that there are.",
    .why = "A slip in a name, or a case that is no more, lists nothing, and nobody would notice.",
    .locator = "hvspec check --baseline"};

static const struct report_rule *sarif_line_rule(const struct report_line *line) {
    return line->state == REPORT_LINE_GONE ? &sarif_gone : &sarif_unmatched;
}

void sarif_collect_line_rules(const struct report *report, struct sarif_rules *rules) {
    static const enum report_line_state states[] = {REPORT_LINE_GONE, REPORT_LINE_UNMATCHED};

    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        for (size_t k = 0; k < report->gate.lines_count; k++) {
            if (report->gate.lines[k].state != states[i])
                continue;
            rules->rules[rules->count++] = sarif_line_rule(&report->gate.lines[k]);
            break;
        }
    }
}

static json_t *sarif_line_fingerprints(const struct report_line *line) {
    json_t *object = json_object();
    char digest[SHA256_TEXT_SIZE];
    bool ok = object;

    sha256_text(line->text, strlen(line->text), digest);
    json_put(object, &ok, "hvspecPlace/v1", json_string(digest));
    return json_finish(object, ok);
}

void sarif_add_lines(json_t *results, bool *ok, const struct report *report,
                     const struct sarif_rules *rules) {
    for (size_t i = 0; i < report->gate.lines_count; i++) {
        const struct report_line *line = &report->gate.lines[i];
        json_t *object, *locations;

        if (!report_line_fails(line))
            continue;
        object = json_object();
        locations = json_array();
        sarif_put_rule(object, ok, rules, sarif_line_rule(line)->id, "ruleId", "ruleIndex");
        json_put(object, ok, "kind", json_string("fail"));
        json_put(object, ok, "level", json_string("error"));
        json_put(object, ok, "message",
                 sarif_message("%s: %s.", line->text, report_line_text(line)));
        json_add(locations, ok, sarif_line_location(line));
        json_put(object, ok, "locations", locations);
        json_put(object, ok, "partialFingerprints", sarif_line_fingerprints(line));
        json_put(object, ok, "suppressions", json_array());
        json_add(results, ok, object);
    }
}
