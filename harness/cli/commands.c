/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/nearest.h"
#include "harness/cli/command.h"

#include <string.h>

#define COMMANDS_MAX 32 /* room for names in messages */

extern const struct command command_audit;
extern const struct command command_capture;
extern const struct command command_check;
extern const struct command command_explain;
extern const struct command command_help_row;
extern const struct command command_hunt;
extern const struct command command_import;
extern const struct command command_lint;
extern const struct command command_list;
extern const struct command command_merge;
extern const struct command command_new;
extern const struct command command_prove;
extern const struct command command_sweep;
extern const struct command command_trace;
extern const struct command command_version;

/* In the order of `hvspec help`: what people come for first. */
const struct command *const commands[] = {
    &command_check, &command_list,   &command_explain, &command_trace,   &command_audit,
    &command_hunt,  &command_prove,  &command_lint,    &command_new,     &command_sweep,
    &command_merge, &command_import, &command_capture, &command_version, &command_help_row,
};
const size_t commands_count = sizeof commands / sizeof commands[0];

const struct command *command_find(const char *name, struct errors *errors) {
    const char *names[COMMANDS_MAX];
    size_t count = 0;

    for (; count < commands_count && count < COMMANDS_MAX; count++) {
        if (strcmp(commands[count]->name, name) == 0)
            return commands[count];
        names[count] = commands[count]->name;
    }
    nearest_unknown("command", name, names, count, "hvspec help", errors);
    return NULL;
}
