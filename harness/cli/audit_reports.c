/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/audit_reports.h"

#include "harness/cli/outputs.h"
#include "harness/cli/reports.h"

#include <stdlib.h>
#include <string.h>

static const struct audit_format *reports_find(const char *name, size_t length) {
    for (size_t i = 0; i < audit_formats_count; i++) {
        if (strlen(audit_formats[i].name) == length &&
            strncmp(audit_formats[i].name, name, length) == 0)
            return &audit_formats[i];
    }
    return NULL;
}

static bool reports_add(const char *text, struct audit_reports *reports, struct errors *errors) {
    size_t length = strcspn(text, "=");
    const char *path = text[length] && text[length + 1] ? text + length + 1 : "-";
    const struct audit_format *format = reports_find(text, length);

    if (!format)
        return errors_add(errors, NULL, 0, 0,
                          "no report format '%.*s': an audit has console, json, markdown and html",
                          (int)length, text);
    if (reports->count == AUDIT_REPORTS_MAX)
        return errors_add(errors, NULL, 0, 0, "more than %u reports", AUDIT_REPORTS_MAX);
    reports->wanted[reports->count].format = format;
    reports->wanted[reports->count++].path = path;
    return strcmp(path, "-") == 0 || command_report_path_check(path, errors);
}

bool audit_reports_read(const struct command_line *line, struct audit_reports *reports,
                        struct errors *errors) {
    size_t on_output = 0;

    *reports = (struct audit_reports){.count = 0};
    for (size_t i = 0; i < line->values_count; i++) {
        if (line->values[i].id == OPTION_AUDIT_REPORT &&
            !reports_add(line->values[i].text, reports, errors))
            return false;
    }
    if ((command_line_has(line, OPTION_JSON) && !reports_add("json", reports, errors)) ||
        (command_line_has(line, OPTION_MARKDOWN) && !reports_add("markdown", reports, errors)))
        return false;
    for (size_t i = 0; i < reports->count; i++)
        on_output += strcmp(reports->wanted[i].path, "-") == 0;
    if (on_output > 1)
        return errors_add(errors, NULL, 0, 0,
                          "only one report can go to standard output: give the others a file, "
                          "such as --report json=audit.json");
    return outputs_apart(line, errors) &&
           (on_output == 1 || reports_add("console", reports, errors));
}

/* A report and what it is written with. */
struct audit_written {
    const struct audit_report *report;
    const struct audit_format *format;
    const struct report_style *style;
};

static bool reports_write_one(const void *context, FILE *stream) {
    const struct audit_written *written = context;

    return written->format->write(written->report, written->style, stream);
}

bool audit_reports_write(const struct command_line *line, const struct audit_reports *reports,
                         const struct audit_report *report, struct errors *errors) {
    struct report_style style = command_style(line), plain = {.verbosity = style.verbosity};
    bool good = true;

    for (size_t i = 0; i < reports->count; i++) {
        const char *path = reports->wanted[i].path;
        const struct audit_written written = {report, reports->wanted[i].format,
                                              strcmp(path, "-") == 0 ? &style : &plain};

        good &= report_save_written(reports_write_one, &written, "report", path, errors);
    }
    return good;
}

int audit_exit_code(const struct audit_report *report, struct errors *errors) {
    bool failed;
    char *lack = audit_report_lack(report, &failed);

    if (failed)
        errors_fail(errors, "out of memory");
    else if (lack)
        errors_fail(errors, "%s", lack);
    free(lack);
    if (report->interrupted)
        errors_fail(errors, "interrupted: the report holds what was found so far");
    if (!errors_none(errors))
        return COMMAND_FAILED;
    return audit_report_count(report, report->changes_count, AUDIT_SURVIVED) > 0 ? COMMAND_VIOLATES
                                                                                 : COMMAND_CONFORMS;
}
