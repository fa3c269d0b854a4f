/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/gate.h"

#include "harness/cli/outputs.h"
#include "reports/console/gate.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GATE_LINES_MANY 20 /* lines of a baseline that nobody reads through */

bool gate_load(const struct command_line *line, struct gate *gate, struct errors *errors) {
    gate->path = command_line_last(line, OPTION_BASELINE);
    gate->root = command_line_last(line, OPTION_SOURCE_ROOT);
    gate->update = command_line_has(line, OPTION_UPDATE_BASELINE);
    gate->by_rule = command_line_has(line, OPTION_BY_RULE);
    if (gate->update && !gate->path)
        return errors_add(errors, NULL, 0, 0,
                          "--update-baseline needs the file to write: --baseline FILE");
    if (gate->by_rule && !gate->update)
        return errors_add(errors, NULL, 0, 0,
                          "--by-rule is about what --update-baseline writes: add that");
    if (gate->path &&
        (command_line_has(line, OPTION_FAIL_FAST) || command_line_has(line, OPTION_MAXFAIL)))
        return errors_add(errors, NULL, 0, 0,
                          "--baseline needs every case, so it does not go with --fail-fast or "
                          "--maxfail");
    if (gate->path && !outputs_spare(line, gate->path, errors))
        return false;
    if (gate->update && !command_output_check(gate->path, "baseline", errors))
        return false;
    if (!gate->path || (gate->update && access(gate->path, F_OK) != 0))
        return true;
    return baseline_load(gate->path, &gate->baseline, errors);
}

void gate_inform(struct gate *gate, struct suite_options *options) {
    gate->part = options->some_scenarios || options->shards > 1;
    options->listed = gate->path ? &gate->baseline : NULL;
    options->part = gate->part;
    options->lists_all = gate->update;
}

/* Whether lines may be about cases that did not run. */
static bool gate_is_of_part(const struct gate *gate, const struct report *report) {
    return gate->part || report_left_out(report) > 0;
}

/* The text of the file that is about to be written, and the report as it stands to that. */
static bool gate_annotate_updated(struct gate *gate, struct report *report) {
    struct baseline updated = {0}, written = {0};
    struct baseline_comparison comparison = {0};
    struct errors errors = {0}; /* our own text has none */
    bool done = baseline_update(&gate->baseline, &gate->comparison, gate->by_rule, &updated);

    gate->updated = done ? baseline_text(&updated) : NULL;
    gate->updated_lines = updated.count;
    done = gate->updated &&
           baseline_parse(gate->path, gate->updated, strlen(gate->updated), &written, &errors) &&
           baseline_compare(&written, report, gate_is_of_part(gate, report), &comparison) &&
           baseline_annotate(&written, gate->path, gate->root, &comparison, report);
    report->gate.holds = true; /* whatever runs lack now, the file says what there is */
    errors_clear(&errors);
    baseline_comparison_clear(&comparison);
    baseline_clear(&written);
    baseline_clear(&updated);
    return done;
}

static bool gate_compare(struct gate *gate, struct report *report, const struct report_style *style,
                         FILE *stream, struct errors *errors) {
    struct page page = page_open(stream, style);

    if (!gate->path)
        return true;
    if (!baseline_compare(&gate->baseline, report, gate_is_of_part(gate, report),
                          &gate->comparison) ||
        !baseline_annotate(&gate->baseline, gate->path, gate->root, &gate->comparison, report))
        return errors_add(errors, NULL, 0, 0, "out of memory");
    if (gate->update || stream == stderr) /* else the console's report says it */
        console_gate_changes(&page, report, style->verbosity);
    if (gate->update && !gate_annotate_updated(gate, report))
        return errors_add(errors, NULL, 0, 0, "out of memory");
    return true;
}

static int gate_conclude(const struct gate *gate, const struct report *report,
                         const struct report_style *style, FILE *stream, struct errors *errors) {
    struct page page = page_open(stream, style);

    if (stream == stderr)
        console_gate_end(&page, report);
    if (!gate->update)
        return report_exit_code(report);
    if (!report_save_text(gate->updated, "baseline", gate->path, errors))
        return COMMAND_FAILED;
    page_put(&page, PAGE_BOLD, gate->path);
    page_put(&page, PAGE_PLAIN, ": written, ");
    page_count(&page, PAGE_PLAIN, gate->updated_lines, "line");
    if (gate->updated_lines > GATE_LINES_MANY && !gate->by_rule)
        page_put(&page, PAGE_PLAIN, " (one for each rule with --by-rule)");
    page_end_line(&page);
    return COMMAND_CONFORMS;
}

/* What the gate says stands in the console's report, else beside another format's on standard
 * output, and never inside it. */
static FILE *gate_stream(const struct command_reports *reports) {
    const struct report_format *console = report_format_find("console");

    for (size_t i = 0; i < reports->count; i++) {
        if (strcmp(reports->wanted[i].path, "-") == 0 && reports->wanted[i].format != console)
            return stderr;
    }
    return stdout;
}

int gate_write_reports(struct gate *gate, const struct command_line *line,
                       const struct command_reports *reports, struct report *report,
                       struct errors *errors) {
    struct report_style style = command_style(line);
    FILE *stream = gate_stream(reports);
    int code;

    if (!gate_compare(gate, report, &style, stream, errors))
        return COMMAND_FAILED;
    code = command_reports_write(line, reports, report, errors);
    if (!gate->path || (code != COMMAND_CONFORMS && code != COMMAND_VIOLATES))
        return code;
    return gate_conclude(gate, report, &style, stream, errors);
}

void gate_clear(struct gate *gate) {
    baseline_comparison_clear(&gate->comparison);
    baseline_clear(&gate->baseline);
    free(gate->updated);
    *gate = (struct gate){0};
}
