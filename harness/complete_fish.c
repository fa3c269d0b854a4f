/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/complete.h"

#include <string.h>

static void fish_quoted(FILE *stream, const char *text) {
    fputc('\'', stream);
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            fputc('\\', stream);
        fputc(*text, stream);
    }
    fputc('\'', stream);
}

/* The words to choose from; files besides them, or nothing else. */
static void fish_choice(FILE *stream, enum complete_kind kind, const char *const *words) {
    switch (kind) {
    case COMPLETE_FILES:
        fputs(" -F", stream);
        break;
    case COMPLETE_NOTHING:
        break;
    case COMPLETE_RULES:
        fputs(" -a '(hvspec list rules --names 2>/dev/null)'", stream);
        break;
    case COMPLETE_SCENARIOS:
        fputs(" -F -a '(hvspec list scenarios --profile presence --names 2>/dev/null)'", stream);
        break;
    case COMPLETE_WORDS:
    case COMPLETE_FORMATS:
    case COMPLETE_COMMANDS:
        fputs(" -a '", stream);
        complete_words(stream, kind, words);
        fputc('\'', stream);
        break;
    }
}

static void fish_start(FILE *stream, const struct command *command) {
    fprintf(stream, "complete -c hvspec -n '__fish_seen_subcommand_from %s'", command->name);
}

static void fish_option(FILE *stream, const struct command *command, const struct option_row *row) {
    fish_start(stream, command);
    if (row->letter)
        fprintf(stream, " -s %c", row->letter);
    fprintf(stream, " -l %s", row->name);
    if (row->argument) {
        fputs(" -r", stream);
        fish_choice(stream, row->complete, row->words);
    }
    fputs(" -d ", stream);
    fish_quoted(stream, row->help);
    fputc('\n', stream);
}

static void fish_operand(FILE *stream, const struct command *command, enum complete_kind kind) {
    if (kind == COMPLETE_NOTHING)
        return;
    fish_start(stream, command);
    fish_choice(stream, kind, command->words);
    fputc('\n', stream);
}

void complete_fish(FILE *stream) {
    fputs("# fish completion for hvspec\ncomplete -c hvspec -f\n", stream);
    for (size_t i = 0; i < commands_count; i++) {
        fprintf(stream, "complete -c hvspec -n __fish_use_subcommand -a %s -d ", commands[i]->name);
        fish_quoted(stream, commands[i]->summary);
        fputc('\n', stream);
    }
    for (size_t i = 0; i < commands_count; i++) {
        const struct command *command = commands[i];

        for (unsigned id = 0; id < OPTIONS; id++) {
            if (command_offers(command, id))
                fish_option(stream, command, &option_rows[id]);
        }
        for (size_t k = 0; k < 2 && k < command->operands_max; k++) {
            if (k == 0 || command->complete[1] != command->complete[0])
                fish_operand(stream, command, command->complete[k]);
        }
    }
}
