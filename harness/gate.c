/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/gate.h"

#include "reports/page.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GATE_INDENT = 2, GATE_TEXT = 13 };

static const struct {
    const char *text;
    enum page_ink ink;
} gate_changes[] = {
    [BASELINE_NEW] = {"new", PAGE_RED},
    [BASELINE_GONE] = {"gone", PAGE_GREEN},
    [BASELINE_UNMATCHED] = {"unmatched", PAGE_YELLOW},
};
enum { GATE_CHANGES = sizeof gate_changes / sizeof gate_changes[0] };

bool gate_load(const struct command_line *line, struct gate *gate, struct errors *errors) {
    gate->path = command_line_last(line, OPTION_BASELINE);
    gate->update = command_line_has(line, OPTION_UPDATE_BASELINE);
    gate->part = command_line_has(line, OPTION_SCENARIOS) || command_line_has(line, OPTION_SHARD);
    if (gate->update && !gate->path)
        return errors_add(errors, NULL, 0, 0,
                          "--update-baseline needs the file to write: --baseline FILE");
    if (gate->path && command_line_has(line, OPTION_FAIL_FAST))
        return errors_add(errors, NULL, 0, 0,
                          "--baseline needs every case, so it does not go with --fail-fast");
    if (!gate->path || (gate->update && access(gate->path, F_OK) != 0))
        return true;
    return baseline_load(gate->path, &gate->baseline, errors);
}

/* --- What changed. --- */

static void gate_show_new(struct page *page, const struct report_style *style,
                          const struct baseline_difference *difference) {
    size_t shown = style->verbosity > 0 ? difference->cases_count : 1;

    page_put(page, PAGE_BOLD, difference->rule->id);
    page_format(page, PAGE_PLAIN, " %s in ", report_verdict_text(difference->rule->verdict));
    page_count(page, PAGE_PLAIN, difference->cases_count, "case");
    page_put(page, PAGE_PLAIN, " of ");
    page_put(page, PAGE_PLAIN, difference->probe->name);
    if (!difference->fails)
        page_put(page, PAGE_PLAIN, " (fails only with --strict)");
    for (size_t i = 0; i < shown; i++) {
        page_end_line(page);
        page_tab(page, GATE_TEXT);
        page_put(page, PAGE_PLAIN, difference->cases[i]);
    }
}

static void gate_show_line(struct page *page, const char *path,
                           const struct baseline_difference *difference) {
    const struct baseline_line *line = difference->line;

    page_put(page, PAGE_BOLD, path);
    page_format(page, PAGE_BOLD, ":%u", line->number);
    page_put(page, PAGE_PLAIN, ": ");
    page_put(page, PAGE_PLAIN,
             difference->why ? difference->why : "no longer happens, so remove the line");
    page_end_line(page);
    page_tab(page, GATE_TEXT);
    page_put(page, PAGE_PLAIN, line->probe);
    page_put(page, PAGE_PLAIN, " ");
    page_put(page, PAGE_PLAIN, line->rule);
    page_put(page, PAGE_PLAIN, " ");
    page_put(page, PAGE_PLAIN, line->test);
    page_format(page, PAGE_PLAIN, " %s", report_verdict_text(line->outcome));
}

static void gate_show(const struct gate *gate, const struct report_style *style, FILE *stream) {
    struct page page = page_open(stream, style);

    if (gate->comparison.count == 0)
        return;
    page_put(&page, PAGE_BOLD, "changed against ");
    page_put(&page, PAGE_BOLD, gate->path);
    page_put(&page, PAGE_BOLD, ":");
    page_end_line(&page);
    for (size_t i = 0; i < gate->comparison.count; i++) {
        const struct baseline_difference *difference = &gate->comparison.differences[i];

        page_tab(&page, GATE_INDENT);
        page_put(&page, gate_changes[difference->change].ink,
                 gate_changes[difference->change].text);
        page_tab(&page, GATE_TEXT);
        if (difference->change == BASELINE_NEW)
            gate_show_new(&page, style, difference);
        else
            gate_show_line(&page, gate->path, difference);
        page_end_line(&page);
    }
    page_end_line(&page);
}

/* --- Before and after the run. --- */

void gate_inform(const struct gate *gate, struct suite_options *options) {
    options->listed = gate->path ? &gate->baseline : NULL;
    options->part = gate->part;
}

/* The report as it stands to the file that is about to be written, whose text is made here. */
static bool gate_annotate_updated(struct gate *gate, struct report *report) {
    struct baseline updated = {0}, written = {0};
    struct baseline_comparison comparison = {0};
    struct errors errors = {0}; /* our own text has none */
    bool done = baseline_update(&gate->baseline, &gate->comparison, &updated);

    gate->updated = done ? baseline_text(&updated) : NULL;
    gate->updated_lines = updated.count;
    done = gate->updated &&
           baseline_parse(gate->path, gate->updated, strlen(gate->updated), &written, &errors) &&
           baseline_compare(&written, report, gate->part, &comparison) &&
           baseline_annotate(&written, gate->path, &comparison, report);
    report->gate.holds = true; /* whatever runs lack now, the file says what there is */
    errors_clear(&errors);
    baseline_comparison_clear(&comparison);
    baseline_clear(&written);
    baseline_clear(&updated);
    return done;
}

bool gate_compare(struct gate *gate, struct report *report, const struct report_style *style,
                  FILE *stream, struct errors *errors) {
    bool done;

    if (!gate->path)
        return true;
    done = baseline_compare(&gate->baseline, report, gate->part, &gate->comparison);
    if (done && gate->update)
        done = gate_annotate_updated(gate, report);
    else if (done)
        done = baseline_annotate(&gate->baseline, gate->path, &gate->comparison, report);
    if (!done)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    gate_show(gate, style, stream);
    return true;
}

/* --- The last line. --- */

static void gate_say_counts(struct page *page, const struct gate *gate) {
    size_t counts[GATE_CHANGES] = {0};

    for (size_t i = 0; i < gate->comparison.count; i++) {
        const struct baseline_difference *difference = &gate->comparison.differences[i];

        counts[difference->change] +=
            difference->change == BASELINE_NEW ? difference->cases_count : 1;
    }
    page_count(page, PAGE_PLAIN, gate->comparison.listed, "violation");
    page_put(page, PAGE_PLAIN, " listed in ");
    page_put(page, PAGE_PLAIN, gate->path);
    for (size_t i = 0; i < GATE_CHANGES; i++) {
        if (counts[i] > 0)
            page_format(page, PAGE_PLAIN, ", %zu %s", counts[i], gate_changes[i].text);
    }
    if (gate->comparison.unjudged > 0) {
        page_put(page, PAGE_PLAIN, "; ");
        page_count(page, PAGE_PLAIN, gate->comparison.unjudged, "line");
        page_put(page, PAGE_PLAIN, " outside this run");
    }
}

int gate_conclude(const struct gate *gate, const struct report_style *style, FILE *stream,
                  struct errors *errors) {
    struct page page = page_open(stream, style);

    if (gate->update) {
        if (!report_save_text(gate->updated, "baseline", gate->path, errors))
            return COMMAND_FAILED;
        page_put(&page, PAGE_BOLD, gate->path);
        page_put(&page, PAGE_PLAIN, ": written, ");
        page_count(&page, PAGE_PLAIN, gate->updated_lines, "line");
        page_end_line(&page);
        return COMMAND_CONFORMS;
    }
    if (gate->comparison.fails)
        page_put(&page, PAGE_RED, "gate fails: ");
    else
        page_put(&page, PAGE_GREEN, "gate holds: ");
    gate_say_counts(&page, gate);
    page_end_line(&page);
    return gate->comparison.fails ? COMMAND_VIOLATES : COMMAND_CONFORMS;
}

void gate_clear(struct gate *gate) {
    baseline_comparison_clear(&gate->comparison);
    baseline_clear(&gate->baseline);
    free(gate->updated);
    *gate = (struct gate){0};
}
