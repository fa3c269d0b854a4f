/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/keys.h"

#include "base/nearest.h"
#include "emulator/process/process.h"

#include <string.h>

static const struct {
    const char *name;
    const char *in, *value; /* value NULL: none is reported */
} kinds[] = {
    {"int", "eax", NULL},
    {"bool", "al", NULL},
    {"value", "eax", "eax"},
};

bool probe_set_answer_kind(struct probe *probe, const char *kind, struct errors *errors) {
    const char *names[sizeof kinds / sizeof *kinds], *nearest;
    struct probe_place at = {probe->path, 0, 0};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        names[i] = kinds[i].name;
        if (strcmp(kind, kinds[i].name) == 0)
            return probe_parse_place(probe, kinds[i].in, at, &probe->setup.answer, errors) &&
                   (!kinds[i].value ||
                    probe_parse_place(probe, kinds[i].value, at, &probe->setup.value, errors));
    }
    nearest = nearest_word(kind, names, sizeof kinds / sizeof *kinds);
    return errors_add(
        errors, NULL, 0, 0, "an answer is int, bool or value (more in a manifest), not '%s'%s%s%s",
        kind, nearest ? ": did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static bool listed(const uint64_t *values, size_t count, uint64_t number) {
    for (size_t i = 0; i < count; i++) {
        if (values[i] == number)
            return true;
    }
    return false;
}

static bool is_available(const struct probe_answer *answer, uint64_t number) {
    switch (answer->available) {
    case PROBE_NONZERO:
        return number != 0;
    case PROBE_ZERO:
        return number == 0;
    case PROBE_LISTED:
        break;
    }
    return listed(answer->available_values, answer->available_count, number);
}

/* A number on a list means what the list says; the word for "available" covers the others. */
enum outcome probe_outcome(const struct probe *probe, const struct observation *observation) {
    const struct probe_answer *answer = &probe->answer;
    bool named = probe_names_outcome(probe);
    uint64_t number = observation->answer;

    if (observation->end != OBSERVATION_RETURNED || observation->state & OBSERVATION_ANSWER_MISSING)
        return OUTCOME_NONE;
    if (probe->setup.answer.width < 8)
        number &= ((uint64_t)1 << (probe->setup.answer.width * 8)) - 1;
    if (listed(answer->not_available, answer->not_available_count, number))
        return named ? OUTCOME_NOT_AVAILABLE : OUTCOME_ABSENT;
    if (listed(answer->not_implemented, answer->not_implemented_count, number))
        return named ? OUTCOME_NOT_IMPLEMENTED : OUTCOME_ABSENT;
    if (is_available(answer, number))
        return OUTCOME_AVAILABLE;
    return answer->not_available_count + answer->not_implemented_count > 0 ? OUTCOME_NONE
                                                                           : OUTCOME_ABSENT;
}

bool probe_names_outcome(const struct probe *probe) {
    return probe->answer.not_available_count > 0 && probe->answer.not_implemented_count > 0;
}

bool probe_reports_value(const struct probe *probe) {
    return probe->setup.value.kind != GUEST_NOWHERE ||
           (probe->process && probe->process->output &&
            strstr(probe->process->output, PROCESS_VALUE));
}

struct answer_reader {
    struct probe *probe;
    const struct yaml_file *file;
    struct errors *errors;
};

static bool answer_error(const struct answer_reader *reader, const struct yaml_tree *node,
                         const char *message) {
    return errors_add(reader->errors, reader->file->path, node->line, node->column, "%s: %s",
                      node->text && *node->text ? node->text
                      : node->key               ? node->key
                                                : "answer",
                      message);
}

/* The numbers of a list, each of which must fit the place of the answer and be new. */
static bool read_values(const struct answer_reader *reader, const struct yaml_tree *list,
                        uint64_t *values, size_t *count) {
    bool good = true;

    if (list->count == 0 || list->count > PROBE_VALUES_MAX)
        return answer_error(reader, list, "give 1 to 16 numbers");
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_tree *item = &list->items[i];
        bool negative;
        uint64_t number;

        if (!yaml_tree_number(item, &number, &negative))
            good = answer_error(reader, item, "not a number of at most 64 bits");
        else if (!probe_fit_number(&reader->probe->setup.answer, negative, &number))
            good = answer_error(reader, item, "does not fit where the answer is (answer.in)");
        else if (listed(values, *count, number))
            good = answer_error(reader, item, "listed twice");
        else
            values[(*count)++] = number;
    }
    return good;
}

static bool read_available(const struct answer_reader *reader, const struct yaml_tree *node) {
    struct probe_answer *answer = &reader->probe->answer;

    if (node->kind == YAML_TREE_LIST) {
        answer->available = PROBE_LISTED;
        return read_values(reader, node, answer->available_values, &answer->available_count);
    }
    if (strcmp(node->text, "nonzero") == 0)
        answer->available = PROBE_NONZERO;
    else if (strcmp(node->text, "zero") == 0)
        answer->available = PROBE_ZERO;
    else
        return answer_error(reader, node, "use nonzero, zero or a list of numbers in []");
    return true;
}

static bool uses_out(const struct probe *probe) {
    for (size_t i = 0; i < probe->setup.arguments_count; i++) {
        if (probe->setup.arguments[i].kind == GUEST_ARGUMENT_OUT)
            return true;
    }
    return false;
}

static bool read_place(const struct answer_reader *reader, const struct yaml_tree *node,
                       struct guest_place *place) {
    struct probe_place at = {reader->file->path, node->line, node->column};

    if (!probe_parse_place(reader->probe, node->text, at, place, reader->errors))
        return false;
    if (place->kind == GUEST_OUT && !uses_out(reader->probe))
        return answer_error(reader, node, "nothing passes $out: add it to the arguments");
    return true;
}

/* Numbers that two lists claim. That `available: nonzero` covers a listed number is intended. */
static bool check_lists(const struct answer_reader *reader, const struct yaml_tree *map) {
    const struct probe_answer *answer = &reader->probe->answer;
    const struct yaml_tree *implemented = yaml_tree_get(map, "not-implemented");
    bool good = true;

    for (size_t i = 0; i < answer->not_implemented_count; i++) {
        if (listed(answer->not_available, answer->not_available_count, answer->not_implemented[i]))
            good = answer_error(reader, implemented, "shares a number with not-available");
    }
    for (size_t i = 0; i < answer->available_count; i++) {
        if (listed(answer->not_available, answer->not_available_count,
                   answer->available_values[i]) ||
            listed(answer->not_implemented, answer->not_implemented_count,
                   answer->available_values[i]))
            good = answer_error(reader, yaml_tree_get(map, "available"),
                                "shares a number with not-available or not-implemented");
    }
    if (answer->available == PROBE_ZERO &&
        (listed(answer->not_available, answer->not_available_count, 0) ||
         listed(answer->not_implemented, answer->not_implemented_count, 0)))
        good = answer_error(reader, yaml_tree_get(map, "available"),
                            "0 is listed as not-available or not-implemented");
    return good;
}

/* Every list is read, so that their mistakes are all named; they need to know the answer's width,
 * so a mistake in `in` comes alone. */
static bool read_lists(const struct answer_reader *reader, const struct yaml_tree *map) {
    struct probe_answer *answer = &reader->probe->answer;
    const struct yaml_tree *available = yaml_tree_get(map, "available");
    const struct yaml_tree *not_available = yaml_tree_get(map, "not-available");
    const struct yaml_tree *not_implemented = yaml_tree_get(map, "not-implemented");
    bool good = !available || read_available(reader, available);

    if (not_available &&
        !read_values(reader, not_available, answer->not_available, &answer->not_available_count))
        good = false;
    if (not_implemented && !read_values(reader, not_implemented, answer->not_implemented,
                                        &answer->not_implemented_count))
        good = false;
    return good && check_lists(reader, map);
}

bool probe_read_answer_lists(struct probe *probe, const struct yaml_file *file,
                             const struct yaml_tree *answer, struct errors *errors) {
    struct answer_reader reader = {probe, file, errors};

    return read_lists(&reader, answer);
}

static bool read_value_place(const struct answer_reader *reader, const struct yaml_tree *node) {
    struct guest_place *place = &reader->probe->setup.value;

    if (!read_place(reader, node, place))
        return false;
    if (place->width < 4)
        return answer_error(reader, node,
                            "too narrow for a leaf's EAX: it needs a place of 4 or 8 bytes");
    return true;
}

/* Who looks at the maximum alone has nothing to say of the leaf. */
static bool check_decides(const struct answer_reader *reader, const struct yaml_tree *map) {
    static const char *const keys[] = {"not-implemented", "value"};
    bool good = true;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct yaml_tree *node = map ? yaml_tree_get(map, keys[i]) : NULL;

        if (node && reader->probe->form.maximum_only)
            good = errors_add(reader->errors, reader->file->path, node->key_line,
                              node->key_column,
                              "%s does not go with decides: maximum, which never reads the leaf",
                              keys[i]);
    }
    return good;
}

static const struct yaml_key answer_keys[] = {
    {"in", YAML_TEXT, false, 0 * sizeof(struct yaml_value), NULL, false, NULL},
    {"available", YAML_TEXT | YAML_LIST, false, 1 * sizeof(struct yaml_value), NULL, false, NULL},
    {"not-available", YAML_LIST, false, 2 * sizeof(struct yaml_value), NULL, false, NULL},
    {"not-implemented", YAML_LIST, false, 3 * sizeof(struct yaml_value), NULL, false, NULL},
    {"value", YAML_TEXT, false, 4 * sizeof(struct yaml_value), NULL, false, NULL},
    {"output", YAML_TEXT, false, 5 * sizeof(struct yaml_value), NULL, false, NULL},
};
const struct yaml_shape probe_answer_shape = {
    "answer", answer_keys, sizeof answer_keys / sizeof *answer_keys,
    sizeof answer_keys / sizeof *answer_keys * sizeof(struct yaml_value), false,
};

bool probe_read_answer(struct probe_reader *from, const struct yaml_tree *answer) {
    struct probe *probe = from->probe;
    struct answer_reader reader = {probe, from->file, from->errors};
    const struct yaml_tree *in = answer ? yaml_tree_get(answer, "in") : NULL;
    const struct yaml_tree *value = answer ? yaml_tree_get(answer, "value") : NULL;
    bool good = true;

    if (probe->is_program)
        return probe_read_run_answer(probe, from->file, answer, from->errors);
    if (!in)
        good = probe_set_answer_kind(probe, "int", from->errors);
    else
        good = read_place(&reader, in, &probe->setup.answer);
    if (good && answer)
        good = read_lists(&reader, answer);
    if (value && !read_value_place(&reader, value))
        good = false;
    if (!check_decides(&reader, answer))
        good = false;
    return good;
}
