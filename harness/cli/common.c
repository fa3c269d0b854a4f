/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The terminal's columns, $COLUMNS, or 0 when the output is none. */
static unsigned command_width(void) {
    struct winsize size;
    const char *columns = getenv("COLUMNS");

    if (!isatty(STDOUT_FILENO))
        return 0;
    if (columns && atoi(columns) > 0)
        return (unsigned)atoi(columns);
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 80;
}

struct report_style command_style(const struct command_line *line) {
    const char *when = command_line_last(line, OPTION_COLOR);
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    struct report_style style = {.width = command_width()};

    if (when && strcmp(when, "auto") != 0)
        style.colour = strcmp(when, "always") == 0;
    else
        style.colour = isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
                       !(term && strcmp(term, "dumb") == 0);
    style.verbosity =
        command_line_has(line, OPTION_QUIET) ? -1 : (int)command_line_count(line, OPTION_VERBOSE);
    return style;
}

int command_fail(struct errors *errors, enum command_exit code) {
    if (errors->failed)
        code = COMMAND_FAILED;
    fflush(stdout);
    errors_print(errors, "hvspec: ", stderr);
    errors_clear(errors);
    return code;
}

bool command_output_check(const char *path, const char *what, struct errors *errors) {
    const char *slash = strrchr(path, '/');
    struct stat status;
    char *folder;
    bool usable;

    if (stat(path, &status) == 0)
        return !S_ISDIR(status.st_mode) ||
               errors_add(errors, path, 0, 0, "a %s is a file, and this is a folder", what);
    folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    usable = folder && access(folder, W_OK | X_OK) == 0;
    if (!usable && folder && errno == ENOENT)
        errors_add(errors, path, 0, 0,
                   "there is no folder '%s' to write the %s to: mkdir -p makes it", folder, what);
    else if (!usable)
        errors_add(errors, path, 0, 0, "a %s cannot be written there: %s", what, strerror(errno));
    free(folder);
    return usable;
}

bool command_make_folder(const char *path, const char *what, struct errors *errors) {
    struct stat status;

    if (stat(path, &status) != 0 && errno == ENOENT && mkdir(path, 0777) == 0)
        return true;
    if (stat(path, &status) == 0 && !S_ISDIR(status.st_mode))
        errno = ENOTDIR;
    else if (access(path, W_OK | X_OK) == 0)
        return true;
    return errors_add(errors, path, 0, 0, "%s cannot be written there: %s", what, strerror(errno));
}
