/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/complete.h"

#include <string.h>

static const char zsh_head[] =
    "#compdef hvspec\n"
    "\n"
    "_hvspec_rules() {\n"
    "    compadd -- ${(f)\"$(hvspec list rules --names 2>/dev/null)\"}\n"
    "}\n"
    "\n"
    "_hvspec_scenarios() {\n"
    "    compadd -- ${(f)\"$(hvspec list scenarios --profile presence --names 2>/dev/null)\"}\n"
    "    _files\n"
    "}\n"
    "\n"
    "_hvspec() {\n";

/* Text inside a quoted specification of _arguments or _describe, where colons and brackets part
 * its fields. */
static void zsh_text(FILE *stream, const char *text) {
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stream);
        else if (strchr(":[]\\", *text))
            fprintf(stream, "\\%c", *text);
        else
            fputc(*text, stream);
    }
}

/* What completes an argument or operand: a function, or a list in parentheses. */
static void zsh_action(FILE *stream, enum complete_kind kind, const char *const *words,
                        enum report_kind reports) {
    switch (kind) {
    case COMPLETE_FILES:
        fputs("_files", stream);
        break;
    case COMPLETE_NOTHING:
        fputc(' ', stream);
        break;
    case COMPLETE_RULES:
        fputs("_hvspec_rules", stream);
        break;
    case COMPLETE_SCENARIOS:
        fputs("_hvspec_scenarios", stream);
        break;
    case COMPLETE_WORDS:
    case COMPLETE_FORMATS:
    case COMPLETE_COMMANDS:
        fputc('(', stream);
        complete_words(stream, kind, words, reports);
        fputc(')', stream);
        break;
    }
}

static void zsh_option(FILE *stream, const struct command *command, const struct option_row *row) {
    fputs(" \\\n            '*'", stream);
    if (row->letter)
        fprintf(stream, "{-%c%s,--%s%s}", row->letter, row->argument ? "+" : "", row->name,
                row->argument ? "=" : "");
    else
        fprintf(stream, "--%s%s", row->name, row->argument ? "=" : "");
    fputs("'[", stream);
    zsh_text(stream, row->help);
    fputc(']', stream);
    if (row->argument) {
        fputc(':', stream);
        zsh_text(stream, row->argument);
        fputc(':', stream);
        zsh_action(stream, row->complete, row->words, command->reports);
    }
    fputc('\'', stream);
}

static void zsh_command(FILE *stream, const struct command *command) {
    fprintf(stream, "    %s)\n        _arguments", command->name);
    for (unsigned id = 0; id < OPTIONS; id++) {
        if (command_offers(command, id))
            zsh_option(stream, command, &option_rows[id]);
    }
    if (command->operands_max > 0) {
        fputs(" \\\n            '1:operand:", stream);
        zsh_action(stream, command->complete[0], command->words, command->reports);
        fputc('\'', stream);
    }
    if (command->operands_max > 1) {
        fputs(" \\\n            '*:operand:", stream);
        zsh_action(stream, command->complete[1], command->words, command->reports);
        fputc('\'', stream);
    }
    fputs("\n        ;;\n", stream);
}

void complete_zsh(FILE *stream) {
    fputs(zsh_head, stream);
    fputs("    local -a commands\n\n    if ((CURRENT == 2)); then\n        commands=(\n", stream);
    for (size_t i = 0; i < commands_count; i++) {
        fprintf(stream, "            '%s:", commands[i]->name);
        zsh_text(stream, commands[i]->summary);
        fputs("'\n", stream);
    }
    fputs("        )\n        _describe command commands\n        return\n    fi\n"
          "    shift words\n    ((CURRENT--))\n    case $words[1] in\n",
          stream);
    for (size_t i = 0; i < commands_count; i++)
        zsh_command(stream, commands[i]);
    fputs("    esac\n}\n\n_hvspec \"$@\"\n", stream);
}
