/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/command.h"

#include "base/nearest.h"
#include "base/number.h"

#include <stdlib.h>
#include <string.h>

struct parser {
    const struct command *command;
    int count, at;
    char *const *arguments;
    struct command_line *line;
    struct errors *errors;
};

bool command_offers(const struct command *command, enum option_id id) {
    for (size_t i = 0; i < command->options_count; i++) {
        if (command->options[i] == id)
            return true;
    }
    return id == OPTION_HELP;
}

static bool parser_reject(struct parser *parser, const char *given) {
    const char *names[OPTIONS], *near;
    size_t count = 0;

    for (unsigned id = 0; id < OPTIONS; id++) {
        if (command_offers(parser->command, id))
            names[count++] = option_rows[id].name;
    }
    near = nearest_word(given, names, count);
    return errors_add(parser->errors, NULL, 0, 0,
                      "%s has no option '%s%s'%s%s%s; see hvspec help %s", parser->command->name,
                      strlen(given) == 1 ? "-" : "--", given, near ? ", did you mean --" : "",
                      near ? near : "", near ? "?" : "", parser->command->name);
}

static bool parser_is_word(const struct option_row *row, const char *text) {
    for (const char *const *word = row->words; word && *word; word++) {
        if (strcmp(*word, text) == 0)
            return true;
    }
    return row->words == NULL;
}

static bool parser_take(struct parser *parser, enum option_id id, const char *joined) {
    const struct option_row *row = &option_rows[id];
    const char *text = joined;

    if (row->argument && !text) {
        if (parser->at == parser->count)
            return errors_add(parser->errors, NULL, 0, 0, "--%s needs an argument: --%s %s",
                              row->name, row->name, row->argument);
        text = parser->arguments[parser->at++];
    }
    if (!row->argument && joined)
        return errors_add(parser->errors, NULL, 0, 0, "--%s takes no argument", row->name);
    if (row->argument && !parser_is_word(row, text)) {
        size_t count = 0;
        const char *near;

        while (row->words[count])
            count++;
        near = nearest_word(text, row->words, count);
        return errors_add(parser->errors, NULL, 0, 0, "--%s does not know '%s'%s%s%s: %s",
                          row->name, text, near ? ", did you mean " : "", near ? near : "",
                          near ? "?" : "", row->help);
    }
    parser->line->values[parser->line->values_count++] = (struct option_value){id, text};
    return true;
}

static bool parser_long(struct parser *parser, const char *name) {
    size_t length = strcspn(name, "=");

    for (unsigned id = 0; id < OPTIONS; id++) {
        if (command_offers(parser->command, id) && strlen(option_rows[id].name) == length &&
            strncmp(option_rows[id].name, name, length) == 0)
            return parser_take(parser, id, name[length] ? name + length + 1 : NULL);
    }
    return parser_reject(parser, name);
}

/* "-v", "-vv", "-j4", "-j 4". */
static bool parser_letters(struct parser *parser, const char *letters) {
    while (*letters) {
        unsigned id = 0;
        char given[2] = {*letters, '\0'};

        while (id < OPTIONS &&
               (option_rows[id].letter != *letters || !command_offers(parser->command, id)))
            id++;
        if (id == OPTIONS)
            return parser_reject(parser, given);
        letters++;
        if (option_rows[id].argument && *letters)
            return parser_take(parser, id, letters);
        if (!parser_take(parser, id, NULL))
            return false;
    }
    return true;
}

static bool parser_check_operands(const struct parser *parser) {
    const struct command *command = parser->command;
    size_t count = parser->line->operands_count;

    if (command_line_has(parser->line, OPTION_HELP))
        return true;
    if (count < command->operands_min)
        return errors_add(parser->errors, NULL, 0, 0,
                          "%s needs %s; usage: hvspec %s [OPTION...] %s", command->name,
                          command->operands, command->name, command->operands);
    if (count > command->operands_max)
        return errors_add(parser->errors, NULL, 0, 0,
                          "unexpected '%s'; usage: hvspec %s [OPTION...]%s%s",
                          parser->line->operands[command->operands_max], command->name,
                          command->operands[0] ? " " : "", command->operands);
    return true;
}

bool command_line_parse(const struct command *command, int count, char *const *arguments,
                        struct command_line *line, struct errors *errors) {
    struct parser parser = {command, count, 0, arguments, line, errors};
    size_t letters = 0;
    bool options_end = false;

    for (int i = 0; i < count; i++)
        letters += strlen(arguments[i]) + 1; /* -vvv is three options */
    line->values = calloc(letters + 1, sizeof *line->values);
    line->operands = calloc((size_t)count + 1, sizeof *line->operands);
    if (!line->values || !line->operands)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    while (parser.at < count) {
        const char *argument = arguments[parser.at++];

        if (options_end || argument[0] != '-' || argument[1] == '\0')
            line->operands[line->operands_count++] = argument;
        else if (strcmp(argument, "--") == 0)
            options_end = true;
        else if (!(argument[1] == '-' ? parser_long(&parser, argument + 2)
                                      : parser_letters(&parser, argument + 1)))
            return false;
    }
    return parser_check_operands(&parser);
}

void command_line_clear(struct command_line *line) {
    free(line->values);
    free(line->operands);
    *line = (struct command_line){0};
}

bool command_line_has(const struct command_line *line, enum option_id id) {
    return command_line_count(line, id) > 0;
}

size_t command_line_count(const struct command_line *line, enum option_id id) {
    size_t count = 0;

    for (size_t i = 0; i < line->values_count; i++)
        count += line->values[i].id == id;
    return count;
}

const char *command_line_last(const struct command_line *line, enum option_id id) {
    const char *text = NULL;

    for (size_t i = 0; i < line->values_count; i++) {
        if (line->values[i].id == id)
            text = line->values[i].text;
    }
    return text;
}

bool command_number(const char *text, const char *end, uint64_t lowest, uint64_t highest,
                    uint64_t *number) {
    return number_read(text, number, NULL) == end && *number >= lowest && *number <= highest;
}

bool command_line_number(const struct command_line *line, enum option_id id, uint64_t lowest,
                         uint64_t highest, uint64_t fallback, uint64_t *number,
                         struct errors *errors) {
    const char *text = command_line_last(line, id);

    *number = fallback;
    if (!text || command_number(text, text + strlen(text), lowest, highest, number))
        return true;
    return errors_add(errors, NULL, 0, 0, "--%s takes a number from %llu to %llu, not '%s'",
                      option_rows[id].name, (unsigned long long)lowest, (unsigned long long)highest,
                      text);
}
