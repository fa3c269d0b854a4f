/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/command.h"

#include "reports/console/page.h"

#include <stdlib.h>
#include <string.h>

#define HELP_WIDTH 80        /* columns where none are known: a file or a pager */
#define HELP_NAMES_COLUMN 28 /* where the texts beside options start */
#define HELP_NARROW 60       /* fewer columns than this: texts go below the options */

const char *const command_exit_texts[] = {
    [COMMAND_CONFORMS] = "conforms, or done",
    [COMMAND_VIOLATES] = "does not conform, or differs from the baseline",
    [COMMAND_INVALID] = "wrong usage, unreadable or invalid input, or nothing matched",
    [COMMAND_FAILED] = "the harness or the emulator itself failed",
};

static struct page help_page(FILE *stream) {
    const struct command_line none = {0};
    struct report_style style = command_style(&none);

    if (style.width == 0)
        style.width = HELP_WIDTH;
    return page_open(stream, &style);
}

/* Paragraphs, which the rows break into lines, as running text. */
static void help_text(struct page *page, const char *text) {
    while (*text) {
        const char *end = strstr(text, "\n\n");
        char *paragraph = strndup(text, end ? (size_t)(end - text) : strlen(text));

        for (char *c = paragraph; c && *c; c++) {
            if (*c == '\n')
                *c = ' ';
        }
        page_wrap(page, PAGE_PLAIN, paragraph ? paragraph : text);
        page_end_line(page);
        free(paragraph);
        if (!end)
            return;
        page_end_line(page);
        text = end + 2;
    }
}

/* A name, and its text beside it, or below it where the terminal is narrow. */
static void help_row(struct page *page, unsigned column, const char *text) {
    if (page->width < HELP_NARROW) {
        page_end_line(page);
        column = 8;
    } else if (page->column >= column) {
        page_end_line(page);
    }
    page_tab(page, column);
    page_wrap(page, PAGE_PLAIN, text);
    page_end_line(page);
}

static void help_option(struct page *page, const struct option_row *row) {
    char letter[4] = {'-', row->letter, ',', '\0'};

    page_put(page, PAGE_PLAIN, "  ");
    page_put(page, PAGE_BOLD, row->letter ? letter : "   ");
    page_put(page, PAGE_PLAIN, " ");
    page_put(page, PAGE_BOLD, "--");
    page_put(page, PAGE_BOLD, row->name);
    if (row->argument) {
        page_put(page, PAGE_PLAIN, " ");
        page_put(page, PAGE_PLAIN, row->argument);
    }
    help_row(page, HELP_NAMES_COLUMN, row->help);
}

static void help_options(struct page *page, const struct command *command) {
    page_put(page, PAGE_BOLD, "Options:");
    page_end_line(page);
    for (size_t i = 0; i < command->options_count; i++)
        help_option(page, &option_rows[command->options[i]]);
    help_option(page, &option_rows[OPTION_HELP]);
}

static void help_formats(struct page *page, enum report_kind kind) {
    page_end_line(page);
    page_put(page, PAGE_BOLD, "Report formats:");
    page_end_line(page);
    for (size_t i = 0; i < report_formats_count; i++) {
        if (!report_format_has(&report_formats[i], kind))
            continue;
        page_put(page, PAGE_PLAIN, "  ");
        page_put(page, PAGE_BOLD, report_formats[i].name);
        help_row(page, 12, report_formats[i].help);
    }
}

/* Lines "command  # what it does"; the comment goes ahead of a command that leaves it no room. */
static void help_examples(struct page *page, const char *examples) {
    page_put(page, PAGE_BOLD, "Examples:");
    page_end_line(page);
    while (*examples) {
        size_t length = strcspn(examples, "\n");
        char *line = strndup(examples, length);
        char *comment = line ? strstr(line, "  # ") : NULL;

        if (comment && length + 2 > page->width) {
            page_put(page, PAGE_PLAIN, "  ");
            page_wrap(page, PAGE_DIM, comment + 2);
            page_end_line(page);
            while (comment > line && comment[-1] == ' ')
                comment--;
            *comment = '\0';
        }
        page_put(page, PAGE_PLAIN, "  ");
        page_put(page, PAGE_PLAIN, line ? line : "");
        page_end_line(page);
        free(line);
        examples += length + (examples[length] == '\n');
    }
}

enum { HELP_COLUMNS = 80, HELP_OPERANDS = 14 }; /* operands that do not fit stand below */

static void help_command(struct page *page, const struct command *command) {
    page_put(page, PAGE_BOLD, "Usage:");
    page_put(page, PAGE_PLAIN, " hvspec ");
    page_put(page, PAGE_PLAIN, command->name);
    page_put(page, PAGE_PLAIN, " [OPTION...]");
    if (page->column + 1 + strlen(command->operands) > HELP_COLUMNS) {
        page_end_line(page);
        page_tab(page, HELP_OPERANDS);
    } else if (*command->operands) {
        page_put(page, PAGE_PLAIN, " ");
    }
    page_put(page, PAGE_PLAIN, command->operands);
    page_end_line(page);
    page_end_line(page);
    help_text(page, command->text);
    page_end_line(page);
    help_options(page, command);
    if (command_offers(command, OPTION_REPORT))
        help_formats(page, command->reports);
    page_end_line(page);
    help_examples(page, command->examples);
}

static void help_program(struct page *page) {
    page_put(page, PAGE_BOLD, "Usage:");
    page_put(page, PAGE_PLAIN, " hvspec COMMAND [OPTION...] [OPERAND...]");
    page_end_line(page);
    page_end_line(page);
    page_wrap(page, PAGE_PLAIN,
              "Checks that guest code detects hypervisor features as the spec demands.");
    page_end_line(page);
    page_end_line(page);
    page_put(page, PAGE_BOLD, "Commands:");
    page_end_line(page);
    for (size_t i = 0; i < commands_count; i++) {
        page_put(page, PAGE_PLAIN, "  ");
        page_put(page, PAGE_BOLD, commands[i]->name);
        help_row(page, 12, commands[i]->summary);
    }
    page_end_line(page);
    page_put(page, PAGE_BOLD, "Exit codes:");
    page_end_line(page);
    for (unsigned code = 0; code <= COMMAND_FAILED; code++) {
        page_format(page, PAGE_PLAIN, "  %u", code);
        help_row(page, 12, command_exit_texts[code]);
    }
    page_end_line(page);
    page_wrap(page, PAGE_PLAIN,
              "'hvspec help COMMAND' says more of a command. To begin: hvspec check PROBE");
    page_end_line(page);
}

void command_help(const struct command *command, FILE *stream) {
    struct page page = help_page(stream);

    if (command)
        help_command(&page, command);
    else
        help_program(&page);
}

static void help_names(void) {
    for (size_t i = 0; i < commands_count; i++)
        puts(commands[i]->name);
}

static int help_run(const struct command_line *line) {
    const char *shell = command_line_last(line, OPTION_COMPLETION);
    const struct command *command = NULL;
    struct errors errors = {0};

    if (line->operands_count > 0) {
        command = command_find(line->operands[0], &errors);
        if (!command)
            return command_fail(&errors, COMMAND_INVALID);
    }
    if (shell)
        command_complete(shell, stdout);
    else if (command_line_has(line, OPTION_NAMES))
        help_names();
    else if (command_line_has(line, OPTION_MAN))
        command_man(command, stdout);
    else
        command_help(command, stdout);
    return COMMAND_CONFORMS;
}

static const enum option_id help_options_taken[] = {OPTION_NAMES, OPTION_MAN, OPTION_COMPLETION};

const struct command command_help_row = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = "what commands there are, and what one of them does",
    .text = "Without a command, lists them. The man pages and the completion scripts that are\n"
            "installed with hvspec come from here too.",
    .examples = "hvspec help check                              # options and examples of check\n"
                "hvspec help --man check | man -l -             # the man page, not installed\n"
                "eval \"$(hvspec help --completion bash)\"        # completion in this shell",
    .options = help_options_taken,
    .options_count = sizeof help_options_taken / sizeof help_options_taken[0],
    .operands_max = 1,
    .complete = {COMPLETE_COMMANDS, COMPLETE_NOTHING},
    .run = help_run,
};
