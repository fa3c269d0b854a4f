/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_COMMAND_H
#define HVSPEC_HARNESS_CLI_COMMAND_H

#include "base/errors.h"
#include "harness/spec/rules.h"
#include "reports/model/report.h"

#include <stdint.h>

/*
 * The command line as data: every command and every option is a row, and help texts, man pages,
 * completions and the parser all come from the same rows.
 */
enum command_exit {
    COMMAND_CONFORMS = 0,
    COMMAND_VIOLATES = 1,
    COMMAND_INVALID = 2, /* usage, unreadable or invalid input, or nothing matched */
    COMMAND_FAILED = 3   /* the harness or the emulator itself */
};

enum option_id {
    OPTION_ENTRY,
    OPTION_ANSWER,
    OPTION_FLAT,
    OPTION_SYSROOT,
    OPTION_CONSTRUCTORS,
    OPTION_PROBE,
    OPTION_ONLY_TARGET,
    OPTION_ASSUME,
    OPTION_SCENARIOS,
    OPTION_MATCHING,
    OPTION_RULE,
    OPTION_EXCLUDE,
    OPTION_STRICT,
    OPTION_PROFILE,
    OPTION_REPORT,
    OPTION_BASELINE,
    OPTION_UPDATE_BASELINE,
    OPTION_BY_RULE,
    OPTION_SOURCE_ROOT,
    OPTION_JOBS,
    OPTION_SHARD,
    OPTION_SEED,
    OPTION_TIME,
    OPTION_PROVE_TIME,
    OPTION_PROVE_JOBS,
    OPTION_QUESTIONS,
    OPTION_RUNS,
    OPTION_SEARCHES,
    OPTION_NO_SOLVER,
    OPTION_PROVE,
    OPTION_HUNT_RUNS,
    OPTION_ALL,
    OPTION_BUDGET,
    OPTION_OUT,
    OPTION_OUTPUT,
    OPTION_TARGET,
    OPTION_WHAT,
    OPTION_FROM,
    OPTION_TO,
    OPTION_STRIDE,
    OPTION_BEYOND,
    OPTION_SIGNATURE,
    OPTION_CHECKPOINT,
    OPTION_DRY_RUN,
    OPTION_FAIL_FAST,
    OPTION_MAXFAIL,
    OPTION_LAST_FAILED,
    OPTION_DURATIONS,
    OPTION_GUESTS,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_COLOR,
    OPTION_THOROUGH,
    OPTION_JSON,
    OPTION_MARKDOWN,
    OPTION_COVERAGE,
    OPTION_NAMES,
    OPTION_MAN,
    OPTION_COMPLETION,
    OPTION_HELP,
    OPTIONS
};

/* What an argument is, for completion on the command line. */
enum complete_kind {
    COMPLETE_FILES,
    COMPLETE_NOTHING, /* numbers and the like */
    COMPLETE_WORDS,   /* the row's words */
    COMPLETE_RULES,
    COMPLETE_SCENARIOS,
    COMPLETE_FORMATS, /* of reports */
    COMPLETE_COMMANDS
};

struct option_row {
    const char *name;         /* without dashes */
    char letter;              /* 0: none */
    const char *argument;     /* "N" in help; NULL: takes none */
    const char *help;         /* one or two lines, no final full stop */
    const char *const *words; /* allowed arguments, NULL-terminated; NULL: any */
    enum complete_kind complete;
};
extern const struct option_row option_rows[OPTIONS];

/* One option as given. */
struct option_value {
    enum option_id id;
    const char *text; /* NULL: takes no argument */
};

/* A parsed command line. */
struct command_line {
    struct option_value *values; /* in the order given */
    size_t values_count;
    const char **operands;
    size_t operands_count;
};

struct command {
    const char *name;
    const char *operands; /* "PROBE..." in help; "": none */
    const char *summary;  /* one line */
    const char *text;     /* some paragraphs, lines up to 79 columns */
    const char *examples; /* lines "command  # what it does" */
    const enum option_id *options;
    size_t options_count;
    size_t operands_min, operands_max;
    enum complete_kind complete[2];              /* the first operand, and all further ones */
    const char *const *words;                    /* of COMPLETE_WORDS, NULL-terminated */
    enum report_kind reports;                    /* what --report writes; REPORT_KINDS: any */
    int (*run)(const struct command_line *line); /* returns enum command_exit */
};
extern const struct command *const commands[];
extern const size_t commands_count;

/* NULL with an error noted: no such command. */
const struct command *command_find(const char *name, struct errors *errors);

/* Parses `arguments` (after the command's name) by the command's rows. GNU style: options anywhere,
 * "--name=value", "--" ends them, letters may be joined. False with errors noted. `line` is freed
 * with command_line_clear. */
bool command_line_parse(const struct command *command, int count, char *const *arguments,
                        struct command_line *line, struct errors *errors);
void command_line_clear(struct command_line *line);

/* Whether an option was given; its last argument or NULL; how often. */
bool command_line_has(const struct command_line *line, enum option_id id);
const char *command_line_last(const struct command_line *line, enum option_id id);
size_t command_line_count(const struct command_line *line, enum option_id id);

/* The text up to `end` as a number, decimal or hexadecimal with 0x. False: it is none, or not
 * from `lowest` to `highest`. */
bool command_number(const char *text, const char *end, uint64_t lowest, uint64_t highest,
                    uint64_t *number);

/* The last argument as a number, or `fallback` when it was not given. False with an error noted
 * when it is no number from `lowest` to `highest`. */
bool command_line_number(const struct command_line *line, enum option_id id, uint64_t lowest,
                         uint64_t highest, uint64_t fallback, uint64_t *number,
                         struct errors *errors);

/* What is wrong with the path of a `what` ("report"), said before a long run rather than after it.
 * False with an error noted. */
bool command_output_check(const char *path, const char *what, struct errors *errors);

/* Makes a folder unless it is there; `what` ("finds") is what is to be written to it. False with an
 * error noted: it cannot be written to. */
bool command_make_folder(const char *path, const char *what, struct errors *errors);

/* Colour, width and verbosity for text on standard output. */
struct report_style command_style(const struct command_line *line);

/* Prints the errors ("hvspec: ..."), frees them, and returns `code`. */
int command_fail(struct errors *errors, enum command_exit code);

/* Prints a command's help; NULL: the program's. */
void command_help(const struct command *command, FILE *stream);

/* Prints the source (roff) of a command's man page; NULL: the program's. */
void command_man(const struct command *command, FILE *stream);

/* Prints a completion script. False: no such shell. */
bool command_complete(const char *shell, FILE *stream);

/* What the exit codes mean, a row each, for help and man pages. */
extern const char *const command_exit_texts[COMMAND_FAILED + 1];

/* Whether a command takes an option; every command takes --help. */
bool command_offers(const struct command *command, enum option_id id);

#endif
