/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/complete.h"

#include <string.h>

static const char fish_head[] =
    "# fish completion for hvspec\n"
    "\n"
    "# __hvspec_command NAME: it is the command of this line.\n"
    "function __hvspec_command\n"
    "    set -l words (commandline -opc)\n"
    "    test (count $words) -gt 1; and test \"$words[2]\" = $argv[1]\n"
    "end\n"
    "\n"
    "# __hvspec_operand NAME first|further: and the word being typed is its first operand, or "
    "not.\n"
    "function __hvspec_operand\n"
    "    __hvspec_command $argv[1]; or return 1\n"
    "    set -l words (commandline -opc)\n"
    "    set -l place first\n"
    "    for word in $words[2..-1]\n"
    "        string match -q -- '-*' $word; or test $word = $argv[1]; or set place further\n"
    "    end\n"
    "    test $place = $argv[2]\n"
    "end\n"
    "\n"
    "complete -c hvspec -f\n";

static void fish_quoted(FILE *stream, const char *text) {
    fputc('\'', stream);
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            fputc('\\', stream);
        fputc(*text, stream);
    }
    fputc('\'', stream);
}

/* The words to choose from, and files where they may stand. */
static void fish_choice(FILE *stream, enum complete_kind kind, const char *const *words,
                        enum report_kind reports) {
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
        complete_words(stream, kind, words, reports);
        fputc('\'', stream);
        break;
    }
}

static void fish_option(FILE *stream, const struct command *command, const struct option_row *row) {
    fprintf(stream, "complete -c hvspec -n '__hvspec_command %s'", command->name);
    if (row->letter)
        fprintf(stream, " -s %c", row->letter);
    fprintf(stream, " -l %s", row->name);
    if (row->argument) {
        fputs(row->complete == COMPLETE_FILES || row->complete == COMPLETE_SCENARIOS ? " -r"
                                                                                     : " -x",
              stream);
        fish_choice(stream, row->complete, row->words, command->reports);
    }
    fputs(" -d ", stream);
    fish_quoted(stream, row->help);
    fputc('\n', stream);
}

static void fish_operand(FILE *stream, const struct command *command, enum complete_kind kind,
                         const char *place) {
    if (kind == COMPLETE_NOTHING)
        return;
    fprintf(stream, "complete -c hvspec -n '__hvspec_operand %s %s'", command->name, place);
    fish_choice(stream, kind, command->words, command->reports);
    fputc('\n', stream);
}

void complete_fish(FILE *stream) {
    fputs(fish_head, stream);
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
        if (command->operands_max > 0)
            fish_operand(stream, command, command->complete[0], "first");
        if (command->operands_max > 1)
            fish_operand(stream, command, command->complete[1], "further");
    }
}
