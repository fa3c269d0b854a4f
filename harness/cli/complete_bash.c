/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/complete.h"

static const char bash_head[] =
    "# bash completion for hvspec\n"
    "\n"
    "# _hvspec_reply PROGRAM KIND CURRENT: KIND is files, nothing, rules, scenarios or a list.\n"
    "_hvspec_reply() {\n"
    "    local words=$2\n"
    "\n"
    "    case $2 in\n"
    "    nothing) return ;;\n"
    "    files) words= ;;\n"
    "    rules) words=$(\"$1\" list rules --names 2>/dev/null) ;;\n"
    "    scenarios) words=$(\"$1\" list scenarios --profile presence --names 2>/dev/null) ;;\n"
    "    esac\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$3\")\n"
    "    if [[ $2 == files || $2 == scenarios ]]; then\n"
    "        compopt -o filenames 2>/dev/null\n"
    "        mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -- \"$3\")\n"
    "    fi\n"
    "}\n"
    "\n"
    "_hvspec() {\n"
    "    local program=$1 current=$2 previous=$3 options='' first=nothing further=nothing\n"
    "    local kind='' operands=0 index\n"
    "\n"
    "    COMPREPLY=()\n"
    "    # \"--name=value\" comes as three words.\n"
    "    if [[ $current == '=' ]]; then\n"
    "        current=\n"
    "    elif [[ $previous == '=' ]]; then\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n";

static const char bash_tail[] = "    if [[ -n $kind ]]; then\n"
                                "        _hvspec_reply \"$program\" \"$kind\" \"$current\"\n"
                                "        return\n"
                                "    fi\n"
                                "    if [[ $current == -* ]]; then\n"
                                "        _hvspec_reply \"$program\" \"$options\" \"$current\"\n"
                                "        return\n"
                                "    fi\n"
                                "    for ((index = 2; index < COMP_CWORD; index++)); do\n"
                                "        [[ ${COMP_WORDS[index]} == -* ]] || operands=1\n"
                                "    done\n"
                                "    if ((operands == 0)); then\n"
                                "        _hvspec_reply \"$program\" \"$first\" \"$current\"\n"
                                "    else\n"
                                "        _hvspec_reply \"$program\" \"$further\" \"$current\"\n"
                                "    fi\n"
                                "}\n"
                                "\n"
                                "complete -F _hvspec hvspec\n";

/* What _hvspec_reply takes, in quotes. */
static void bash_kind(FILE *stream, enum complete_kind kind, const char *const *words) {
    static const char *const names[] = {[COMPLETE_FILES] = "files",
                                        [COMPLETE_NOTHING] = "nothing",
                                        [COMPLETE_RULES] = "rules",
                                        [COMPLETE_SCENARIOS] = "scenarios",
                                        [COMPLETE_COMMANDS] = NULL};

    fputc('\'', stream);
    if (names[kind])
        fputs(names[kind], stream);
    else
        complete_words(stream, kind, words, REPORT_KINDS);
    fputc('\'', stream);
}

static void bash_command(FILE *stream, const struct command *command) {
    fprintf(stream, "    %s)\n        options='", command->name);
    for (unsigned id = 0; id < OPTIONS; id++) {
        if (command_offers(command, id))
            fprintf(stream, "--%s ", option_rows[id].name);
    }
    fputs("'\n        first=", stream);
    bash_kind(stream, command->complete[0], command->words);
    fputs("\n        further=", stream);
    bash_kind(stream, command->complete[1], command->words);
    fputs("\n        ;;\n", stream);
}

static void bash_arguments(FILE *stream) {
    fputs("    case $previous in\n", stream);
    for (unsigned id = 0; id < OPTIONS; id++) {
        const struct option_row *row = &option_rows[id];

        if (!row->argument)
            continue;
        fprintf(stream, "    --%s", row->name);
        if (row->letter)
            fprintf(stream, " | -%c", row->letter);
        fputs(") kind=", stream);
        bash_kind(stream, row->complete, row->words);
        fputs(" ;;\n", stream);
    }
    fputs("    esac\n", stream);
}

void complete_bash(FILE *stream) {
    fputs(bash_head, stream);
    fputs("    if ((COMP_CWORD == 1)); then\n        _hvspec_reply \"$program\" '", stream);
    complete_words(stream, COMPLETE_COMMANDS, NULL, REPORT_KINDS);
    fputs(" --help --version' \"$current\"\n        return\n    fi\n"
          "    case ${COMP_WORDS[1]} in\n",
          stream);
    for (size_t i = 0; i < commands_count; i++)
        bash_command(stream, commands[i]);
    fputs("    esac\n", stream);
    bash_arguments(stream);
    fputs(bash_tail, stream);
}
