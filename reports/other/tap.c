/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"

#include "base/text.h"
#include "reports/console/failure.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * The report as TAP, version 14 of the Test Anything Protocol: a test point a probe and rule. What
 * a reader needs of a failure stands in the YAML block below its test point; the block keeps to the
 * subset of YAML that Perl's TAP::Parser reads: no empty collections, every string in double
 * quotes.
 */
#define TAP_VERSION 14
#define TAP_VERSION_OLDEST 13 /* the first with a version line and YAML blocks */

/* Indentation of the YAML block's levels. The first is the protocol's. */
#define TAP_BLOCK "  "
#define TAP_EXAMPLE "    "
#define TAP_FIELD "      "
#define TAP_STEP "        "

struct tap {
    const struct report *report;
    FILE *stream;
    size_t point;  /* number of the last test point */
    size_t failed; /* test points that were not ok */
    bool ok;       /* memory has not run out */
};

/* A harness announces the newest version that it reads in TAP_VERSION, and Perl's refuses newer
 * ones up to 3.47, although nothing here needs more than version 13. */
static int tap_version(void) {
    const char *announced = getenv("TAP_VERSION");

    return announced && strcmp(announced, "13") == 0 ? TAP_VERSION_OLDEST : TAP_VERSION;
}

/* A description or a directive's reason: one line, "#" and "\" escaped. */
static void tap_text(struct tap *tap, const char *text) {
    char piece[TEXT_PIECE_SIZE];

    while (*text) {
        text_next(&text, TEXT_TERMINAL, piece);
        for (const char *c = piece; *c; c++) {
            if (*c == '#' || *c == '\\')
                fputc('\\', tap->stream);
            fputc(*c, tap->stream);
        }
    }
}

/* A YAML string. What YAML would need an escape for is spelled out by TEXT_TERMINAL already, so
 * that a backslash and a quote are all that is left. */
static void tap_string(struct tap *tap, const char *text) {
    char piece[TEXT_PIECE_SIZE];

    fputc('"', tap->stream);
    while (*text) {
        text_next(&text, TEXT_TERMINAL, piece);
        for (const char *c = piece; *c; c++) {
            if (*c == '"' || *c == '\\')
                fputc('\\', tap->stream);
            fputc(*c, tap->stream);
        }
    }
    fputc('"', tap->stream);
}

static void tap_field(struct tap *tap, const char *before, const char *key, const char *text) {
    if (!text)
        return;
    fprintf(tap->stream, "%s%s: ", before, key);
    tap_string(tap, text);
    fputc('\n', tap->stream);
}

static void tap_number(struct tap *tap, const char *key, size_t number) {
    fprintf(tap->stream, TAP_BLOCK "%s: %zu\n", key, number);
}

static void tap_trace(struct tap *tap, const struct report_example *example) {
    if (example->trace_count == 0)
        return;
    fputs(TAP_FIELD "trace:\n", tap->stream);
    for (size_t i = 0; i < example->trace_count; i++) {
        char *line = failure_step_text(&example->trace[i]);

        tap->ok &= line != NULL;
        fputs(TAP_STEP "- ", tap->stream);
        tap_string(tap, line ? line : "");
        fputc('\n', tap->stream);
        free(line);
    }
    if (example->trace_omitted > 0)
        fprintf(tap->stream, TAP_FIELD "trace_omitted: %zu\n", example->trace_omitted);
}

static void tap_example(struct tap *tap, const struct report_example *example) {
    fputs(TAP_EXAMPLE "-\n", tap->stream);
    tap_field(tap, TAP_FIELD, "case", example->case_id);
    fprintf(tap->stream, TAP_FIELD "target: \"0x%08" PRIx32 "\"\n", example->target);
    fprintf(tap->stream, TAP_FIELD "maximum: \"0x%08" PRIx32 "\"\n", example->maximum);
    tap_field(tap, TAP_FIELD, "changed", example->twin);
    if (example->line)
        fprintf(tap->stream, TAP_FIELD "listed_in_line: %u\n", example->line->number);
    tap_field(tap, TAP_FIELD, "expected", example->expected);
    tap_field(tap, TAP_FIELD, "observed", example->observed);
    tap_field(tap, TAP_FIELD, "file", example->source_file);
    if (example->source_file)
        fprintf(tap->stream, TAP_FIELD "line: %u\n", example->source_line);
    tap_trace(tap, example);
    tap_field(tap, TAP_FIELD, "rerun", example->rerun);
}

static void tap_block(struct tap *tap, const struct report_rule *rule) {
    fputs(TAP_BLOCK "---\n", tap->stream);
    tap_field(tap, TAP_BLOCK, "severity", report_verdict_text(rule->verdict));
    tap_field(tap, TAP_BLOCK, "level", rule->level);
    tap_field(tap, TAP_BLOCK, "requirement", rule->text);
    tap_field(tap, TAP_BLOCK, "locator", rule->locator);
    tap_field(tap, TAP_BLOCK, "reason", rule->reason);
    tap_number(tap, "cases", rule->cases);
    tap_number(tap, "violations", rule->violations);
    tap_number(tap, "unanswered", rule->unanswered);
    tap_number(tap, "errors", rule->errors);
    if (rule->examples_count > 0)
        fputs(TAP_BLOCK "examples:\n", tap->stream);
    for (size_t i = 0; i < rule->examples_count; i++)
        tap_example(tap, &rule->examples[i]);
    fputs(TAP_BLOCK "...\n", tap->stream);
}

/* "ok 3 - hvdetect: max/read-first", without the line's end. */
static void tap_point(struct tap *tap, bool ok, const char *probe, const char *what) {
    tap->failed += !ok;
    fprintf(tap->stream, "%s %zu - ", ok ? "ok" : "not ok", ++tap->point);
    tap_text(tap, probe);
    fputs(": ", tap->stream);
    tap_text(tap, what);
}

static void tap_skip(struct tap *tap, const struct report_rule *rule) {
    fprintf(tap->stream, " # SKIP %s", report_verdict_text(rule->verdict));
    if (rule->reason) {
        fputs(": ", tap->stream);
        tap_text(tap, rule->reason);
    }
    fputc('\n', tap->stream);
}

static void tap_comment(struct tap *tap, const char *key, const char *text) {
    fprintf(tap->stream, "# %s: ", key);
    text_print(tap->stream, text, NULL);
    fputc('\n', tap->stream);
}

/* What an ok test point has to say for itself. */
static void tap_remark(struct tap *tap, const struct report_rule *rule) {
    const char *verdict = report_verdict_text(rule->verdict);

    if (rule->verdict == REPORT_PASS)
        return;
    fprintf(tap->stream, "# %s: shown in %" PRIu64 " of %" PRIu64 " cases\n", verdict, rule->violations,
            rule->cases);
    tap_comment(tap, verdict, rule->text);
    for (size_t i = 0; i < rule->examples_count; i++)
        tap_comment(tap, "rerun", rule->examples[i].rerun);
}

/* A failure that is known of: harnesses list it and stay green. */
static void tap_todo(struct tap *tap, const struct report_rule *rule) {
    char *listed = report_listed_text(rule);

    tap->ok &= listed != NULL;
    fputs(" # TODO ", tap->stream);
    tap_text(tap, listed ? listed : "");
    free(listed);
}

static void tap_rule(struct tap *tap, const struct report_probe *probe,
                     const struct report_rule *rule) {
    bool ok = !report_fails(tap->report, rule->verdict) && rule->verdict != REPORT_ERROR;

    tap_point(tap, ok, probe->name, rule->id);
    if (rule->verdict == REPORT_NOT_EXERCISED || rule->verdict == REPORT_NOT_APPLICABLE) {
        tap_skip(tap, rule);
        return;
    }
    if (!ok && report_is_listed(rule)) {
        tap_todo(tap, rule);
        tap->failed--;
    }
    fputc('\n', tap->stream);
    if (ok)
        tap_remark(tap, rule);
    else
        tap_block(tap, rule);
}

static void tap_probe(struct tap *tap, const struct report_probe *probe) {
    tap_comment(tap, "probe", probe->name);
    tap_comment(tap, "file", probe->file);
    tap_comment(tap, "entry", probe->entry);
    for (size_t i = 0; i < probe->statements_count; i++)
        tap_comment(tap, "stated", probe->statements[i].text);
    for (size_t i = 0; i < probe->failures_count; i++) {
        char *text = report_failure_text(&probe->failures[i]);

        if (text)
            tap_comment(tap, "error", text);
        tap->ok &= text != NULL;
        free(text);
    }
    for (size_t i = 0; i < probe->notes_count; i++)
        tap_comment(tap, "note", probe->notes[i]);
    if (report_error_is_unlisted(probe)) {
        tap_point(tap, false, probe->name, "the probe could not be judged");
        fputc('\n', tap->stream);
    }
    for (size_t i = 0; i < probe->rules_count; i++)
        tap_rule(tap, probe, &probe->rules[i]);
}

/* Lines of the baseline that fail the gate, a test point each. */
static void tap_gate(struct tap *tap) {
    for (size_t i = 0; i < tap->report->gate.lines_count; i++) {
        const struct report_line *line = &tap->report->gate.lines[i];
        char *place = NULL;

        if (!report_line_fails(line))
            continue;
        if (asprintf(&place, "%s:%u", line->path, line->number) < 0)
            place = NULL;
        tap->ok &= place != NULL;
        tap_point(tap, false, place ? place : "", report_line_text(line));
        free(place);
        fputs("\n" TAP_BLOCK "---\n", tap->stream);
        tap_number(tap, "line", line->number);
        tap_field(tap, TAP_BLOCK, "lists", line->text);
        fputs(TAP_BLOCK "...\n", tap->stream);
    }
}

static size_t tap_planned(const struct report *report) {
    size_t planned = 0;

    for (size_t i = 0; i < report->probes_count; i++)
        planned += report->probes[i].rules_count + report_error_is_unlisted(&report->probes[i]);
    for (size_t i = 0; i < report->gate.lines_count; i++)
        planned += report_line_fails(&report->gate.lines[i]);
    return planned;
}

/* A run that is not green must not read as one: nothing exercised is all skipped, which harnesses
 * pass, and an error may belong to no rule. */
static void tap_end(struct tap *tap) {
    static const char *const reasons[] = {NULL, "the run failed", "no rule was exercised",
                                          "the harness failed"};
    int result = report_exit_code(tap->report);
    char text[REPORT_RESULT_SIZE];

    if (result != 0 && tap->failed == 0)
        fprintf(tap->stream, "Bail out! %s\n", reasons[result]);
    fprintf(tap->stream, "# %s\n", report_result_text(tap->report, text));
}

bool tap_write(const struct report *report, const struct report_style *style, FILE *stream) {
    struct tap tap = {.report = report, .stream = stream, .ok = true};
    size_t planned = tap_planned(report);

    (void)style;
    fprintf(stream, "TAP version %d\n1..%zu%s\n", tap_version(), planned,
            planned == 0 ? " # SKIP no probe" : "");
    fprintf(stream, "# hvspec %s, seed %" PRIu64 "%s\n", report->version, report->seed,
            report->strict ? ", strict" : "");
    if (report->profile)
        tap_comment(&tap, "profile", report->profile);
    for (size_t i = 0; i < report->probes_count; i++)
        tap_probe(&tap, &report->probes[i]);
    tap_gate(&tap);
    tap_end(&tap);
    return tap.ok && !ferror(stream);
}
