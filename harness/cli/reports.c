/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/reports.h"
#include "base/nearest.h"

#include "harness/cli/outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool reports_unknown(const char *name, struct errors *errors) {
    const char **names = calloc(command_formats_count(), sizeof *names);

    if (!names)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; i < command_formats_count(); i++)
        names[i] = command_format_name(i);
    nearest_unknown("report format", name, names, command_formats_count(), "hvspec help check",
                    errors);
    free(names);
    return false;
}

bool command_report_path_check(const char *path, struct errors *errors) {
    const char *slash = strrchr(path, '/');
    struct stat status;
    char *folder;
    bool usable;

    if (stat(path, &status) == 0)
        return !S_ISDIR(status.st_mode) ||
               errors_add(errors, path, 0, 0, "a report is a file, and this is a folder");
    folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    usable = folder && access(folder, W_OK | X_OK) == 0;
    if (!usable)
        errors_add_system(errors, path, "a report cannot be written there", errno);
    free(folder);
    return usable;
}

static bool reports_read_one(const char *text, struct command_report *wanted,
                             struct errors *errors) {
    size_t length = strcspn(text, "=");
    char *name = strndup(text, length);
    bool known;

    if (!name)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    wanted->path = text[length] && text[length + 1] ? text + length + 1 : "-";
    wanted->format = report_format_find(name);
    known = wanted->format || reports_unknown(name, errors);
    free(name);
    if (!known)
        return false;
    return strcmp(wanted->path, "-") == 0 || command_report_path_check(wanted->path, errors);
}

/* Two reports cannot share standard output; without any, there is the console's. */
bool command_reports_read(const struct command_line *line, struct command_reports *reports,
                          struct errors *errors) {
    size_t on_output = 0;

    reports->wanted = calloc(line->values_count + 1, sizeof *reports->wanted);
    if (!reports->wanted)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; i < line->values_count; i++) {
        struct command_report *wanted = &reports->wanted[reports->count];

        if (line->values[i].id != OPTION_REPORT)
            continue;
        if (!reports_read_one(line->values[i].text, wanted, errors))
            return false;
        on_output += strcmp(wanted->path, "-") == 0;
        reports->count++;
    }
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

int command_reports_write(const struct command_line *line, const struct command_reports *reports,
                          const struct report *report, struct errors *errors) {
    struct report_style style = command_style(line), plain = {.verbosity = style.verbosity};
    bool written = true;

    for (size_t i = 0; i < reports->count; i++) {
        const struct command_report *wanted = &reports->wanted[i];
        bool on_output = strcmp(wanted->path, "-") == 0;

        if (!report_save(report, wanted->format, on_output ? &style : &plain, wanted->path, errors))
            written = false;
    }
    return written ? report_exit_code(report) : COMMAND_FAILED;
}
