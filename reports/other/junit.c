/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"

#include "base/text.h"
#include "reports/console/failure.h"

#include <inttypes.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

/*
 * The report as JUnit XML, in the shape that Ant's junit task began and Jenkins and other CI
 * servers read (tests/junit.xsd): a suite a probe, a test case a rule. Times are 0, because the
 * same findings have to give the same file.
 */
struct junit {
    xmlTextWriterPtr writer;
    bool ok; /* nothing has failed yet; memory is all that can */
};

static void junit_start(struct junit *junit, const char *element) {
    junit->ok &= xmlTextWriterStartElement(junit->writer, BAD_CAST element) >= 0;
}

static void junit_end(struct junit *junit) {
    junit->ok &= xmlTextWriterEndElement(junit->writer) >= 0;
}

static void junit_attribute(struct junit *junit, const char *name, const char *value) {
    char *harmless = text_harmless(value, TEXT_XML);

    junit->ok &= harmless &&
                 xmlTextWriterWriteAttribute(junit->writer, BAD_CAST name, BAD_CAST harmless) >= 0;
    free(harmless);
}

static void junit_number(struct junit *junit, const char *name, uint64_t number) {
    junit->ok &=
        xmlTextWriterWriteFormatAttribute(junit->writer, BAD_CAST name, "%" PRIu64, number) >= 0;
}

static void junit_text(struct junit *junit, const char *text) {
    char *harmless = text_harmless(text, TEXT_XML);

    junit->ok &= harmless && xmlTextWriterWriteString(junit->writer, BAD_CAST harmless) >= 0;
    free(harmless);
}

static void junit_property(struct junit *junit, const char *name, const char *value) {
    if (!value)
        return;
    junit_start(junit, "property");
    junit_attribute(junit, "name", name);
    junit_attribute(junit, "value", value);
    junit_end(junit);
}

/* What JUnit has a word for. A suite's attributes and its elements are counted from the same. */
enum junit_result { JUNIT_PASSED, JUNIT_FAILURE, JUNIT_ERROR, JUNIT_SKIPPED, JUNIT_RESULTS };

/* What a baseline lists is left out of the judgement: CI servers show that as skipped, with the
 * reason, and only that keeps them green when the gate holds. */
static enum junit_result junit_result(const struct report *report, const struct report_rule *rule) {
    enum report_verdict verdict = rule->verdict;

    if (verdict == REPORT_ERROR)
        return JUNIT_ERROR;
    if (report_fails(report, verdict))
        return report_is_listed(rule) ? JUNIT_SKIPPED : JUNIT_FAILURE;
    if (verdict == REPORT_NOT_EXERCISED || verdict == REPORT_NOT_APPLICABLE)
        return JUNIT_SKIPPED;
    return JUNIT_PASSED;
}

/* What the probe is in error for that none of its rules is; NULL: nothing. */
static const char *junit_probe_cause(const struct report *report,
                                     const struct report_probe *probe) {
    if (report_lacks(report, probe))
        return REPORT_LACKS;
    return !report_error_is_unlisted(probe) ? NULL
           : probe->failures_count > 0      ? probe->failures[0].cause
           : probe->notes_count > 0         ? probe->notes[0] /* of a sweep that was stopped */
                                            : "the probe could not be judged";
}

static void junit_count(const struct report *report, const struct report_probe *probe,
                        size_t counts[JUNIT_RESULTS]) {
    for (size_t i = 0; i < probe->rules_count; i++)
        counts[junit_result(report, &probe->rules[i])]++;
    counts[JUNIT_ERROR] += junit_probe_cause(report, probe) != NULL;
}

/* What the probe's cases took, where the run was asked for times: else the same run would not give
 * the same report. */
static double junit_seconds(const struct report *report, const struct report_probe *probe) {
    double seconds = 0;

    for (size_t i = 0; report->timed && i < probe->scenarios_count; i++)
        seconds += probe->scenarios[i].seconds;
    return seconds;
}

static void junit_counts(struct junit *junit, const size_t counts[JUNIT_RESULTS], double seconds) {
    size_t tests = 0;
    char time[32];

    for (size_t i = 0; i < JUNIT_RESULTS; i++)
        tests += counts[i];
    junit_number(junit, "tests", tests);
    junit_number(junit, "failures", counts[JUNIT_FAILURE]);
    junit_number(junit, "errors", counts[JUNIT_ERROR]);
    snprintf(time, sizeof time, "%.*f", seconds > 0 ? 3 : 0, seconds);
    junit_attribute(junit, "time", time);
}

/* One line for the overview: the reason, or else what the simplest example shows. To be freed. */
static char *junit_message(const struct report_rule *rule) {
    char *message = NULL;

    if (rule->reason || rule->examples_count == 0)
        return strdup(rule->reason ? rule->reason : rule->text);
    if (asprintf(&message, "expected: %s; observed: %s", rule->examples[0].expected,
                 rule->examples[0].observed) < 0)
        return NULL;
    return message;
}

/* <failure>, <error>: the line, and everything for the page behind it. */
static void junit_problem(struct junit *junit, const char *element,
                          const struct report_probe *probe, const struct report_rule *rule) {
    char *message = junit_message(rule), *text = failure_text(probe, rule);

    if (message && text) {
        junit_start(junit, element);
        junit_attribute(junit, "message", message);
        junit_attribute(junit, "type", rule->level);
        junit_text(junit, text);
        junit_end(junit);
    } else {
        junit->ok = false;
    }
    free(message);
    free(text);
}

static void junit_skip(struct junit *junit, const char *word, const char *reason) {
    char *message = NULL;

    if (asprintf(&message, "%s%s%s", word, reason ? ": " : "", reason ? reason : "") < 0) {
        junit->ok = false;
        return;
    }
    junit_start(junit, "skipped");
    junit_attribute(junit, "message", message);
    junit_end(junit);
    free(message);
}

static void junit_skipped(struct junit *junit, const struct report_rule *rule) {
    char *listed;

    if (!report_is_listed(rule)) {
        junit_skip(junit, report_verdict_text(rule->verdict), rule->reason);
        return;
    }
    listed = report_listed_text(rule);
    junit->ok &= listed != NULL;
    junit_skip(junit, "listed", listed);
    free(listed);
}

/* What a test case that does not fail has to say: a rule that is broken all the same. */
static void junit_remark(struct junit *junit, const struct report_probe *probe,
                         const struct report_rule *rule) {
    char *text;

    if (rule->verdict != REPORT_NONSTRICT && !report_is_listed(rule))
        return;
    text = failure_text(probe, rule);
    if (!text) {
        junit->ok = false;
        return;
    }
    junit_start(junit, "system-out");
    junit_text(junit, text);
    junit_end(junit);
    free(text);
}

/* "hvdetect.max" for a rule max/read-first of hvdetect: CI servers group by the part before the
 * last full stop, and then by the whole. */
static void junit_class(struct junit *junit, const char *probe, const char *rule) {
    char *class = NULL;

    if (asprintf(&class, "%s.%.*s", probe, (int)strcspn(rule, "/"), rule) < 0) {
        junit->ok = false;
        return;
    }
    junit_attribute(junit, "classname", class);
    free(class);
}

static void junit_start_case(struct junit *junit, const char *name, const char *probe) {
    junit_start(junit, "testcase");
    junit_attribute(junit, "name", name);
    junit_class(junit, probe, name);
    junit_attribute(junit, "time", "0");
}

static void junit_rule(struct junit *junit, const struct report *report,
                       const struct report_probe *probe, const struct report_rule *rule) {
    junit_start_case(junit, rule->id, probe->name);
    switch (junit_result(report, rule)) {
    case JUNIT_FAILURE:
        junit_problem(junit, "failure", probe, rule);
        break;
    case JUNIT_ERROR:
        junit_problem(junit, "error", probe, rule);
        break;
    case JUNIT_SKIPPED:
        junit_skipped(junit, rule);
        junit_remark(junit, probe, rule);
        break;
    default:
        junit_remark(junit, probe, rule);
        break;
    }
    junit_end(junit);
}

static void junit_probe_error(struct junit *junit, const struct report_probe *probe,
                              const char *cause) {
    junit_start_case(junit, "probe", probe->name);
    junit_start(junit, "error");
    junit_attribute(junit, "message", cause);
    junit_attribute(junit, "type", "error");
    junit_end(junit);
    junit_end(junit);
}

static void junit_properties(struct junit *junit, const struct report *report,
                             const struct report_probe *probe) {
    char seed[24]; /* 20 digits of 64 bits and a NUL */
    char part[REPORT_RESULT_SIZE], result[REPORT_RESULT_SIZE];

    snprintf(seed, sizeof seed, "%" PRIu64, report->seed);
    junit_start(junit, "properties");
    junit_property(junit, "hvspec", report->version);
    junit_property(junit, "seed", seed);
    junit_property(junit, "strict", report->strict ? "true" : "false");
    junit_property(junit, "profile", report->profile);
    junit_property(junit, "baseline", report->gate.path);
    junit_property(junit, "shard", report_part_text(report, part));
    junit_property(junit, "result", report_result_text(report, result));
    junit_property(junit, "file", probe->file);
    junit_property(junit, "sha256", probe->sha256);
    junit_property(junit, "arch", probe->arch);
    junit_property(junit, "entry", probe->entry);
    for (size_t i = 0; i < probe->statements_count; i++)
        junit_property(junit, "stated", probe->statements[i].text);
    junit_end(junit);
}

static void junit_line(struct junit *junit, const char *before, const char *text) {
    junit_text(junit, before);
    junit_text(junit, text);
    junit_text(junit, "\n");
}

/* The probe's notes and the code that no case reached. */
static void junit_notes(struct junit *junit, const struct report *report,
                        const struct report_probe *probe) {
    char result[REPORT_RESULT_SIZE];

    junit_start(junit, "system-out");
    for (size_t i = 0; i < probe->statements_count; i++)
        junit_line(junit, "stated: ", probe->statements[i].text);
    for (size_t i = 0; i < probe->failures_count; i++) {
        char *text = report_failure_text(&probe->failures[i]);

        if (text)
            junit_line(junit, "error: ", text);
        junit->ok &= text != NULL;
        free(text);
    }
    for (size_t i = 0; i < probe->notes_count; i++)
        junit_line(junit, "note: ", probe->notes[i]);
    for (size_t i = 0; i < probe->sites_count; i++) {
        const struct report_site *site = &probe->sites[i];

        if (site->reached)
            continue;
        junit->ok &= xmlTextWriterWriteFormatString(
                         junit->writer, "CPUID site never reached: 0x%" PRIx64, site->address) >= 0;
        junit_line(junit, site->symbol ? " " : "", site->symbol ? site->symbol : "");
    }
    junit_line(junit, "result: ", report_result_text(report, result));
    junit_end(junit);
}

static void junit_probe(struct junit *junit, const struct report *report,
                        const struct report_probe *probe) {
    const char *cause = junit_probe_cause(report, probe);
    size_t counts[JUNIT_RESULTS] = {0};

    junit_count(report, probe, counts);
    junit_start(junit, "testsuite");
    junit_attribute(junit, "name", probe->name);
    junit_counts(junit, counts, junit_seconds(report, probe));
    junit_number(junit, "skipped", counts[JUNIT_SKIPPED]);
    junit_properties(junit, report, probe);
    if (cause)
        junit_probe_error(junit, probe, cause);
    for (size_t i = 0; i < probe->rules_count; i++)
        junit_rule(junit, report, probe, &probe->rules[i]);
    junit_notes(junit, report, probe);
    junit_end(junit);
}

/* --- The baseline's own suite: a test case a line that fails the gate. --- */

static size_t junit_stale(const struct report *report) {
    size_t count = 0;

    for (size_t i = 0; i < report->gate.lines_count; i++)
        count += report_line_fails(&report->gate.lines[i]);
    return count;
}

static void junit_gate_line(struct junit *junit, const struct report_line *line) {
    char *name = NULL;

    if (asprintf(&name, "%s:%u", line->path, line->number) < 0) {
        junit->ok = false;
        return;
    }
    junit_start(junit, "testcase");
    junit_attribute(junit, "name", name);
    junit_attribute(junit, "classname", "baseline");
    junit_attribute(junit, "time", "0");
    junit_start(junit, "failure");
    junit_attribute(junit, "message", report_line_text(line));
    junit_attribute(junit, "type", "baseline");
    junit_text(junit, line->text);
    junit_end(junit);
    junit_end(junit);
    free(name);
}

static void junit_gate(struct junit *junit, const struct report *report) {
    size_t counts[JUNIT_RESULTS] = {[JUNIT_FAILURE] = junit_stale(report)};

    if (counts[JUNIT_FAILURE] == 0)
        return;
    junit_start(junit, "testsuite");
    junit_attribute(junit, "name", "baseline");
    junit_counts(junit, counts, 0);
    junit_number(junit, "skipped", 0);
    junit_start(junit, "properties");
    junit_property(junit, "baseline", report->gate.path);
    junit_end(junit);
    for (size_t i = 0; i < report->gate.lines_count; i++) {
        if (report_line_fails(&report->gate.lines[i]))
            junit_gate_line(junit, &report->gate.lines[i]);
    }
    junit_start(junit, "system-out");
    junit_line(junit, "lines that hold no longer: ", report->gate.path);
    junit_end(junit);
    junit_end(junit);
}

static void junit_report(struct junit *junit, const struct report *report) {
    size_t counts[JUNIT_RESULTS] = {0};
    char result[REPORT_RESULT_SIZE];
    double seconds = 0;

    for (size_t i = 0; i < report->probes_count; i++)
        junit_count(report, &report->probes[i], counts);
    for (size_t i = 0; i < report->probes_count; i++)
        seconds += junit_seconds(report, &report->probes[i]);
    counts[JUNIT_FAILURE] += junit_stale(report);
    junit->ok &= xmlTextWriterSetIndent(junit->writer, 1) >= 0;
    junit->ok &= xmlTextWriterStartDocument(junit->writer, "1.0", "UTF-8", NULL) >= 0;
    junit_start(junit, "testsuites");
    junit_attribute(junit, "name", "hvspec");
    junit_counts(junit, counts, seconds);
    for (size_t i = 0; i < report->probes_count; i++)
        junit_probe(junit, report, &report->probes[i]);
    junit_gate(junit, report);
    junit_end(junit);
    junit->ok &= xmlTextWriterWriteFormatComment(junit->writer, " %s ",
                                                 report_result_text(report, result)) >= 0;
    junit->ok &= xmlTextWriterEndDocument(junit->writer) >= 0;
}

/* The document is made in memory, so that libxml2 has no stream of its own to fail on. */
bool junit_write(const struct report *report, const struct report_style *style, FILE *stream) {
    struct junit junit = {.ok = true};
    xmlBufferPtr buffer = xmlBufferCreate();
    bool written = false;

    (void)style;
    junit.writer = buffer ? xmlNewTextWriterMemory(buffer, 0) : NULL;
    if (junit.writer) {
        junit_report(&junit, report);
        xmlFreeTextWriter(junit.writer);
        if (junit.ok) {
            size_t size = (size_t)xmlBufferLength(buffer);

            written = fwrite(xmlBufferContent(buffer), 1, size, stream) == size &&
                      fputc('\n', stream) != EOF;
        }
    }
    xmlBufferFree(buffer);
    return written && !ferror(stream);
}

const char *junit_library_version(void) {
    return LIBXML_DOTTED_VERSION;
}
