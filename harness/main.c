/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/command.h"

#include "harness/nearest.h"

#include <signal.h>
#include <string.h>

extern const struct command command_check;

const struct command *const commands[] = {&command_check};
const size_t commands_count = sizeof commands / sizeof commands[0];

const struct command *command_find(const char *name) {
    for (size_t i = 0; i < commands_count; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static int main_unknown(const char *name) {
    const char *names[16], *near;
    struct errors errors = {0};

    for (size_t i = 0; i < commands_count; i++)
        names[i] = commands[i]->name;
    near = nearest_word(name, names, commands_count);
    errors_add(&errors, NULL, 0, 0, "there is no command '%s'%s%s%s; see hvspec help", name,
               near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
    return command_fail(&errors, COMMAND_INVALID);
}

int main(int count, char **arguments) {
    struct command_line line = {0};
    struct errors errors = {0};
    const struct command *command;
    int code;

    /* A reader that has seen enough (`| head`) ends the program quietly. */
    signal(SIGPIPE, SIG_DFL);
    if (count < 2)
        return main_unknown("");
    command = command_find(arguments[1]);
    if (!command)
        return main_unknown(arguments[1]);
    if (!command_line_parse(command, count - 2, arguments + 2, &line, &errors))
        code = command_fail(&errors, COMMAND_INVALID);
    else
        code = command->run(&line);
    command_line_clear(&line);
    return code;
}
