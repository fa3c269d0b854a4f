/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* What people type ahead of any command, as the command that it stands for. */
static const struct {
    const char *given, *command;
} main_aliases[] = {
    {"--help", "help"}, {"-h", "help"}, {"--version", "version"}, {"-V", "version"}};

/* A file that is opened while a standard stream is closed would take the stream's place: a probe
 * could become standard output. /dev/null takes it instead, opened so that using it fails. */
static void main_reserve_streams(void) {
    int file;

    do
        file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    while (file >= 0 && file <= STDERR_FILENO);
    if (file >= 0)
        close(file);
}

static int main_run(int count, char **arguments, struct errors *errors) {
    const char *name = arguments[1];
    const struct command *command;
    struct command_line line = {0};
    int code = COMMAND_INVALID;

    for (size_t i = 0; i < sizeof main_aliases / sizeof main_aliases[0]; i++) {
        if (strcmp(name, main_aliases[i].given) == 0)
            name = main_aliases[i].command;
    }
    command = command_find(name, errors);
    if (!command)
        return command_fail(errors, COMMAND_INVALID);
    if (!command_line_parse(command, count - 2, arguments + 2, &line, errors)) {
        code = command_fail(errors, COMMAND_INVALID);
    } else if (command_line_has(&line, OPTION_HELP)) {
        command_help(command, stdout);
        code = COMMAND_CONFORMS;
    } else {
        code = command->run(&line);
    }
    command_line_clear(&line);
    return code;
}

/* A report that did not arrive is no success: a full disk shows here. */
static int main_close_output(int code, struct errors *errors) {
    bool failed = ferror(stdout) != 0;

    errno = 0;
    if (fflush(stdout) == 0 && !failed)
        return code;
    if (code == COMMAND_FAILED)
        return code;
    errors_add(errors, NULL, 0, 0, "standard output cannot be written%s%s", errno ? ": " : "",
               errno ? strerror(errno) : "");
    return command_fail(errors, COMMAND_FAILED);
}

int main(int count, char **arguments) {
    struct errors errors = {0};

    main_reserve_streams();
    /* A reader that has seen enough (`| head`) ends the program quietly. */
    signal(SIGPIPE, SIG_DFL);
    if (count < 2) {
        command_help(NULL, stderr);
        return COMMAND_INVALID;
    }
    return main_close_output(main_run(count, arguments, &errors), &errors);
}
