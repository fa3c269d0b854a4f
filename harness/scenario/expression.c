/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/scenario/plan.h"

#include "base/number.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool scenario_parse_number(struct scenario_reader *reader, struct scenario_place place,
                           const char **text, uint32_t *number) {
    uint64_t wide;
    bool fits;
    const char *end = number_read(*text, &wide, &fits);

    if (!end || isalnum((unsigned char)*end))
        return scenario_note(reader, place, "'%s' is not a number: write 16, 0x10 or $key", *text);
    if (wide > UINT32_MAX)
        return scenario_note(reader, place, "%.*s does not fit 32 bits", (int)(end - *text), *text);
    *text = end;
    *number = (uint32_t)wide;
    return true;
}

bool scenario_parse_range(struct scenario_reader *reader, struct scenario_place place,
                          const char **text, uint32_t *first, uint32_t *last) {
    if (!scenario_parse_number(reader, place, text, first))
        return false;
    if (strncmp(*text, "..", 2) != 0)
        return scenario_note(reader, place, "'..' and the last number are missing in a range");
    *text += 2;
    if (!scenario_parse_number(reader, place, text, last))
        return false;
    if (*first > *last)
        return scenario_note(reader, place, "the range 0x%" PRIx32 "..0x%" PRIx32 " runs backwards",
                             *first, *last);
    return true;
}

static const char *skip_blanks(const char *text) {
    return text + strspn(text, " ");
}

/* "$key" at *text. */
static bool expression_parse_key(struct scenario_reader *reader,
                                 struct scenario_expression *expression, const char **text,
                                 bool minus) {
    const char *name = *text + 1;
    size_t length = 0, key;

    while (isalnum((unsigned char)name[length]) || name[length] == '_')
        length++;
    if (!scenario_matrix_use(reader, expression->place, name, length, SCENARIO_NUMBER, &key))
        return false;
    if (expression->terms_count == SCENARIO_TERMS_MAX)
        return scenario_note(reader, expression->place, "more than %u $keys in one expression",
                             SCENARIO_TERMS_MAX);
    expression->terms[expression->terms_count].key = key;
    expression->terms[expression->terms_count++].minus = minus;
    *text = name + length;
    return true;
}

/* A number or "$key" at *text, added to or taken from the expression. */
static bool expression_parse_operand(struct scenario_reader *reader,
                                     struct scenario_expression *expression, const char **text,
                                     bool minus) {
    uint32_t number = 0;

    if (**text == '$')
        return expression_parse_key(reader, expression, text, minus);
    if (**text == '-')
        return scenario_note(reader, expression->place,
                             "'%s' is negative: all values are unsigned, 0 to 0xffffffff",
                             expression->text);
    if (!scenario_parse_number(reader, expression->place, text, &number))
        return false;
    expression->constant += minus ? -(int64_t)number : (int64_t)number;
    return true;
}

bool scenario_expression_parse(struct scenario_reader *reader, struct scenario_place place,
                               const char *text, struct scenario_expression *expression) {
    bool minus = false;

    *expression = (struct scenario_expression){.text = text, .place = place};
    if (strlen(text) > 128) /* bounds the sum, too */
        return scenario_note(reader, place, "longer than 128 characters: no number needs that");
    for (;;) {
        text = skip_blanks(text);
        if (!expression_parse_operand(reader, expression, &text, minus))
            return false;
        text = skip_blanks(text);
        if (*text == '\0')
            return true;
        if (*text != '+' && *text != '-')
            return scenario_note(reader, place, "'%s' in '%s' is neither + nor -", text,
                                 expression->text);
        minus = *text++ == '-';
    }
}

bool scenario_expression_value(struct scenario_reader *reader,
                               struct scenario_expression *expression, const size_t *digits,
                               uint32_t *value) {
    int64_t sum = expression->constant;
    char *id;

    for (size_t i = 0; i < expression->terms_count; i++) {
        size_t key = expression->terms[i].key;
        uint32_t term = reader->matrix.keys[key].values[digits[key]].number;

        sum += expression->terms[i].minus ? -(int64_t)term : (int64_t)term;
    }
    *value = (uint32_t)sum;
    if (sum >= 0 && sum <= UINT32_MAX)
        return true;
    if (!expression->reported) {
        id = scenario_case_id(reader, digits);
        scenario_note(reader, expression->place,
                      "%s is %s0x%" PRIx64 " in case %s, not 0 to 0xffffffff", expression->text,
                      sum < 0 ? "-" : "", (uint64_t)(sum < 0 ? -sum : sum), id ? id : reader->id);
        free(id);
    }
    expression->reported = true;
    reader->failed = true;
    return false;
}
