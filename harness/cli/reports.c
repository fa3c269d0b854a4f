/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/reports.h"
#include "base/nearest.h"

#include "harness/cli/outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the formats are told. */
static const char *reports_help(enum report_kind kind) {
    switch (kind) {
    case REPORT_OF_AUDIT:
        return "hvspec help audit";
    case REPORT_OF_HUNT:
        return "hvspec help hunt";
    case REPORT_OF_RUN:
        return "hvspec help check";
    default:
        return "hvspec help merge";
    }
}

static bool reports_unknown(const char *name, enum report_kind kind, struct errors *errors) {
    const char **names = calloc(report_formats_count, sizeof *names);
    size_t count = 0;

    if (!names)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; i < report_formats_count; i++) {
        if (report_format_has(&report_formats[i], kind))
            names[count++] = report_formats[i].name;
    }
    nearest_unknown("report format", name, names, count, reports_help(kind), errors);
    free(names);
    return false;
}

/* There is such a format, but not of this kind of report. */
static bool reports_unfit(const struct report_format *format, enum report_kind kind,
                          struct errors *errors) {
    char *names = strdup("");

    for (size_t i = 0; names && i < report_formats_count; i++) {
        char *longer = NULL;

        if (!report_format_has(&report_formats[i], kind))
            continue;
        if (asprintf(&longer, "%s%s%s", names, *names ? ", " : "", report_formats[i].name) < 0)
            longer = NULL;
        free(names);
        names = longer;
    }
    errors_add(errors, NULL, 0, 0, "the report of %s is not written as %s; its formats: %s",
               report_kind_text(kind), format->name, names ? names : "?");
    free(names);
    return false;
}

static bool reports_read_one(const char *text, struct command_reports *reports,
                             struct errors *errors) {
    struct command_report *wanted = &reports->wanted[reports->count++];
    size_t length = strcspn(text, "=");
    char *name = strndup(text, length);
    bool known;

    if (!name)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    wanted->path = text[length] && text[length + 1] ? text + length + 1 : "-";
    wanted->format = report_format_find(name);
    known = wanted->format || reports_unknown(name, reports->kind, errors);
    free(name);
    if (known && !report_format_has(wanted->format, reports->kind))
        return reports_unfit(wanted->format, reports->kind, errors);
    return known &&
           (strcmp(wanted->path, "-") == 0 || command_output_check(wanted->path, "report", errors));
}

/* The format that an option is short for, or what --report says. NULL: it asks for no report. */
static const char *reports_text(const struct option_value *value) {
    switch (value->id) {
    case OPTION_REPORT:
        return value->text;
    case OPTION_JSON:
        return "json";
    case OPTION_MARKDOWN:
        return "markdown";
    default:
        return NULL;
    }
}

/* Two reports cannot share standard output; without any, there is the console's. */
bool command_reports_read(const struct command_line *line, enum report_kind kind,
                          struct command_reports *reports, struct errors *errors) {
    size_t on_output = 0;

    *reports = (struct command_reports){
        .kind = kind, .wanted = calloc(line->values_count + 1, sizeof *reports->wanted)};
    if (!reports->wanted)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; i < line->values_count; i++) {
        const char *text = reports_text(&line->values[i]);

        if (text && !reports_read_one(text, reports, errors))
            return false;
    }
    for (size_t i = 0; i < reports->count; i++)
        on_output += strcmp(reports->wanted[i].path, "-") == 0;
    if (on_output > 1)
        return errors_add(errors, NULL, 0, 0,
                          "only one report can go to standard output: give the others a file, "
                          "such as --report json=report.json");
    if (!outputs_apart(line, errors)) /* the later of two would replace the earlier */
        return false;
    if (on_output == 0)
        reports->wanted[reports->count++] =
            (struct command_report){report_format_find("console"), "-"};
    return true;
}

bool command_reports_settle(struct command_reports *reports, enum report_kind kind,
                            struct errors *errors) {
    reports->kind = kind;
    for (size_t i = 0; i < reports->count; i++) {
        if (!report_format_has(reports->wanted[i].format, kind))
            return reports_unfit(reports->wanted[i].format, kind, errors);
    }
    return true;
}

bool command_reports_want(const struct command_reports *reports, const char *format) {
    for (size_t i = 0; i < reports->count; i++) {
        if (strcmp(reports->wanted[i].format->name, format) == 0)
            return true;
    }
    return false;
}

void command_reports_miss(const struct command_reports *reports, struct errors *errors) {
    for (size_t i = 0; i < reports->count; i++) {
        if (strcmp(reports->wanted[i].path, "-") != 0)
            errors_add(errors, reports->wanted[i].path, 0, 0, "not written");
    }
}

bool command_reports_save(const struct command_line *line, const struct command_reports *reports,
                          const struct report_any *report, struct errors *errors) {
    struct report_style style = command_style(line), plain = {.verbosity = style.verbosity};
    bool written = true;

    for (size_t i = 0; i < reports->count; i++) {
        const struct command_report *wanted = &reports->wanted[i];
        bool on_output = strcmp(wanted->path, "-") == 0;

        if (!report_save(report, wanted->format, on_output ? &style : &plain, wanted->path, errors))
            written = false;
    }
    return written;
}

int command_reports_write(const struct command_line *line, const struct command_reports *reports,
                          const struct report *report, struct errors *errors) {
    const struct report_any any = {.kind = REPORT_OF_RUN, .of.run = report};

    return command_reports_save(line, reports, &any, errors) ? report_exit_code(report)
                                                             : COMMAND_FAILED;
}
