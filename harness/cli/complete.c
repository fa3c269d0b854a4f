/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/complete.h"

#include <string.h>

bool command_complete(const char *shell, FILE *stream) {
    static const struct {
        const char *shell;
        void (*write)(FILE *stream);
    } writers[] = {{"bash", complete_bash}, {"zsh", complete_zsh}, {"fish", complete_fish}};

    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        if (strcmp(writers[i].shell, shell) != 0)
            continue;
        writers[i].write(stream);
        return true;
    }
    return false;
}

void complete_words(FILE *stream, enum complete_kind kind, const char *const *words,
                    enum report_kind reports) {
    const char *separator = "";

    for (; kind == COMPLETE_WORDS && *words; words++, separator = " ")
        fprintf(stream, "%s%s", separator, *words);
    for (size_t i = 0; kind == COMPLETE_COMMANDS && i < commands_count; i++, separator = " ")
        fprintf(stream, "%s%s", separator, commands[i]->name);
    for (size_t i = 0; kind == COMPLETE_FORMATS && i < report_formats_count; i++) {
        if (!report_format_has(&report_formats[i], reports))
            continue;
        fprintf(stream, "%s%s", separator, report_formats[i].name);
        separator = " ";
    }
}
