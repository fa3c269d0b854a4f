/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/command.h"

#include <ctype.h>
#include <string.h>

/*
 * Man pages from the rows, in the macros of man(7) that every formatter knows.
 */
#define MAN_SOURCE "hvspec " HVSPEC_VERSION

/* Text up to `end` with what roff would take for its own escaped: backslashes, the dash that is to
 * be a minus, and a dot or quote that starts a line. */
static void man_put(FILE *stream, const char *text, const char *end) {
    bool line_start = true;

    for (; *text && text < end; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            fputs("\\&", stream);
        if (*text == '\\')
            fputs("\\e", stream);
        else if (*text == '-')
            fputs("\\-", stream);
        else if (*text == '\'')
            fputs("\\(aq", stream);
        else
            fputc(*text, stream);
        line_start = *text == '\n';
    }
}

static void man_text(FILE *stream, const char *text) {
    man_put(stream, text, text + strlen(text));
}

/* An empty line between paragraphs becomes a macro. */
static void man_paragraphs(FILE *stream, const char *text) {
    while (*text) {
        const char *end = strstr(text, "\n\n");

        man_put(stream, text, end ? end : text + strlen(text));
        fputc('\n', stream);
        if (!end)
            return;
        fputs(".PP\n", stream);
        text = end + 2;
    }
}

static void man_heading(FILE *stream, const char *name) {
    fputs(".TH \"", stream);
    for (const char *c = name; *c; c++)
        fputc(toupper((unsigned char)*c), stream);
    fputs("\" 1 \"\" \"" MAN_SOURCE "\" \"hvspec manual\"\n", stream);
}

static void man_option(FILE *stream, const struct option_row *row) {
    fputs(".TP\n", stream);
    if (row->letter)
        fprintf(stream, "\\fB\\-%c\\fR, ", row->letter);
    fputs("\\fB\\-\\-", stream);
    man_text(stream, row->name);
    fputs("\\fR", stream);
    if (row->argument) {
        fputs(" \\fI", stream);
        man_text(stream, row->argument);
        fputs("\\fR", stream);
    }
    fputc('\n', stream);
    man_text(stream, row->help);
    fputs(".\n", stream);
}

static void man_formats(FILE *stream, enum report_kind kind) {
    fputs(".SH REPORT FORMATS\n", stream);
    for (size_t i = 0; i < report_formats_count; i++) {
        if (!report_format_has(&report_formats[i], kind))
            continue;
        fprintf(stream, ".TP\n.B %s\n", report_formats[i].name);
        man_text(stream, report_formats[i].help);
        fputs(".\n", stream);
    }
}

static void man_exit_status(FILE *stream) {
    fputs(".SH EXIT STATUS\n", stream);
    for (unsigned code = 0; code <= COMMAND_FAILED; code++) {
        fprintf(stream, ".TP\n%u\n", code);
        man_text(stream, command_exit_texts[code]);
        fputs(".\n", stream);
    }
}

/* Every page but the one that asks. */
static void man_see_also(FILE *stream, const struct command *but) {
    const char *separator = "";

    fputs(".SH SEE ALSO\n", stream);
    if (but) {
        fputs(".BR hvspec (1)", stream);
        separator = ",\n";
    }
    for (size_t i = 0; i < commands_count; i++) {
        if (commands[i] == but)
            continue;
        fprintf(stream, "%s.BR hvspec\\-%s (1)", separator, commands[i]->name);
        separator = ",\n";
    }
    if (!but)
        fprintf(stream, "%s.BR hvspec\\-manifest (5),\n.BR hvspec\\-scenario (5)", separator);
    fputc('\n', stream);
}

static void man_command(FILE *stream, const struct command *command) {
    char name[40];

    snprintf(name, sizeof name, "hvspec-%s", command->name);
    man_heading(stream, name);
    fputs(".SH NAME\nhvspec\\-", stream);
    man_text(stream, command->name);
    fputs(" \\- ", stream);
    man_text(stream, command->summary);
    fputs("\n.SH SYNOPSIS\n.B hvspec ", stream);
    man_text(stream, command->name);
    fputs("\n[\\fIOPTION\\fR...] ", stream);
    man_text(stream, command->operands);
    fputs("\n.SH DESCRIPTION\n", stream);
    man_paragraphs(stream, command->text);
    fputs(".SH OPTIONS\n", stream);
    for (size_t i = 0; i < command->options_count; i++)
        man_option(stream, &option_rows[command->options[i]]);
    man_option(stream, &option_rows[OPTION_HELP]);
    if (command_offers(command, OPTION_REPORT))
        man_formats(stream, command->reports);
    man_exit_status(stream);
    fputs(".SH EXAMPLES\n.nf\n", stream);
    man_text(stream, command->examples);
    fputs("\n.fi\n", stream);
    man_see_also(stream, command);
}

static void man_program(FILE *stream) {
    man_heading(stream, "hvspec");
    fputs(
        ".SH NAME\nhvspec \\- conformance suite for hypervisor feature detection through CPUID\n"
        ".SH SYNOPSIS\n.B hvspec\n\\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIOPERAND\\fR...]\n"
        ".SH DESCRIPTION\n"
        "Calls guest code that detects hypervisor features under scripted CPUID tables and judges\n"
        "it, rule by rule, against the mail that defines how features are detected: Jun Nakajima,\n"
        "\"RE: Use CPUID to communicate with the hypervisor\", LKML, 29 Sep 2008.\n"
        ".SH COMMANDS\n",
        stream);
    for (size_t i = 0; i < commands_count; i++) {
        fprintf(stream, ".TP\n.BR hvspec\\-%s (1)\n", commands[i]->name);
        man_text(stream, commands[i]->summary);
        fputs(".\n", stream);
    }
    man_exit_status(stream);
    fputs(".SH ENVIRONMENT\n"
          ".TP\n.B HVSPEC_DATA\nthe folder that holds scenarios and schemas, ahead of the "
          "installed one.\n"
          ".TP\n.B NO_COLOR\nwhen not empty, text is not coloured.\n",
          stream);
    man_see_also(stream, NULL);
}

void command_man(const struct command *command, FILE *stream) {
    if (command)
        man_command(stream, command);
    else
        man_program(stream);
}
