/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/keys.h"

#include "base/nearest.h"

#include <string.h>

/* The keys of `answer`: where it is, and what it means. */

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
        else if (probe_lists(values, *count, number))
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

static bool passes(const struct probe *probe, enum guest_argument_kind kind) {
    for (size_t i = 0; i < probe->setup.arguments_count; i++) {
        if (probe->setup.arguments[i].kind == kind)
            return true;
    }
    return false;
}

static bool read_place(const struct answer_reader *reader, const struct yaml_tree *node,
                       struct guest_place *place) {
    struct probe_place at = {
        .file = reader->file->path, .line = node->line, .column = node->column};

    if (!probe_parse_place(reader->probe, node->text, at, place, reader->errors))
        return false;
    if (place->kind == GUEST_OUT && !passes(reader->probe, GUEST_ARGUMENT_OUT) &&
        !passes(reader->probe, GUEST_ARGUMENT_RESULT))
        return answer_error(reader, node, "nothing passes $out: add it to the arguments");
    if (place->kind == GUEST_CONTEXT && !passes(reader->probe, GUEST_ARGUMENT_CONTEXT))
        return answer_error(reader, node, "nothing passes $context: add it to the arguments");
    if (place->kind == GUEST_CALLBACK && !passes(reader->probe, GUEST_ARGUMENT_CALLBACK))
        return answer_error(reader, node, "nothing passes $callback: add it to the arguments");
    return true;
}

/* Numbers that two lists claim. That `available: nonzero` covers a listed number is intended. */
static bool check_lists(const struct answer_reader *reader, const struct yaml_tree *map) {
    const struct probe_answer *answer = &reader->probe->answer;
    const struct yaml_tree *implemented = yaml_tree_get(map, "not-implemented");
    bool good = true;

    for (size_t i = 0; i < answer->not_implemented_count; i++) {
        if (probe_lists(answer->not_available, answer->not_available_count,
                        answer->not_implemented[i]))
            good = answer_error(reader, implemented, "shares a number with not-available");
    }
    for (size_t i = 0; i < answer->available_count; i++) {
        if (probe_lists(answer->not_available, answer->not_available_count,
                        answer->available_values[i]) ||
            probe_lists(answer->not_implemented, answer->not_implemented_count,
                        answer->available_values[i]))
            good = answer_error(reader, yaml_tree_get(map, "available"),
                                "shares a number with not-available or not-implemented");
    }
    if (answer->available == PROBE_ZERO &&
        (probe_lists(answer->not_available, answer->not_available_count, 0) ||
         probe_lists(answer->not_implemented, answer->not_implemented_count, 0)))
        good = answer_error(reader, yaml_tree_get(map, "available"),
                            "0 is listed as not-available or not-implemented");
    return good;
}

/* Who looks at the maximum alone has nothing to say of the leaf. */
static bool check_decides(const struct answer_reader *reader, const struct yaml_tree *map) {
    static const char *const keys[] = {"not-implemented", "value", "mask", "scale"};
    bool good = true;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct yaml_tree *node = map ? yaml_tree_get(map, keys[i]) : NULL;

        if (node && reader->probe->form.maximum_only)
            good = errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                              "%s does not go with decides: maximum, which never reads the leaf",
                              keys[i]);
    }
    return good;
}

static const struct yaml_key mask_keys[] = {
    {"place", YAML_TEXT, true, 0, NULL, false, NULL},
    {"eax", YAML_TEXT, true, sizeof(struct yaml_value), NULL, false, NULL},
    {"equals", YAML_TEXT, false, 2 * sizeof(struct yaml_value), NULL, false, NULL},
};
static const struct yaml_shape mask_shape = {"mask", mask_keys, 3, 3 * sizeof(struct yaml_value),
                                             false};

/* --- The keys, a reader each. --- */

static bool read_in(const struct answer_reader *reader, const struct yaml_tree *node) {
    return read_place(reader, node, &reader->probe->setup.answer);
}

/* Short for in: callback+N. */
static bool read_callback(const struct answer_reader *reader, const struct yaml_tree *node) {
    struct guest_place *place = &reader->probe->setup.answer;
    char text[32];

    if (place->kind != GUEST_NOWHERE)
        return answer_error(reader, node, "give in or callback, not both");
    snprintf(text, sizeof text, "callback+%.20s", node->text);
    if (!guest_place_parse(text, reader->probe->image->mode, place))
        return answer_error(reader, node,
                            "the argument that the answer is, 1 to 12, or 1:8 for eight "
                            "bytes of it");
    if (!passes(reader->probe, GUEST_ARGUMENT_CALLBACK))
        return answer_error(reader, node, "nothing passes $callback: add it to the arguments");
    return true;
}

static bool read_not_available(const struct answer_reader *reader, const struct yaml_tree *node) {
    struct probe_answer *answer = &reader->probe->answer;

    return read_values(reader, node, answer->not_available, &answer->not_available_count);
}

static bool read_not_implemented(const struct answer_reader *reader, const struct yaml_tree *node) {
    struct probe_answer *answer = &reader->probe->answer;

    return read_values(reader, node, answer->not_implemented, &answer->not_implemented_count);
}

static bool read_unwritten(const struct answer_reader *reader, const struct yaml_tree *node) {
    enum guest_place_kind kind = reader->probe->setup.answer.kind;

    if (!outcome_parse(node->text, &reader->probe->answer.unwritten))
        return answer_error(reader, node,
                            "what an untouched place means is available, not-available or "
                            "not-implemented");
    if (kind != GUEST_OUT && kind != GUEST_CONTEXT && kind != GUEST_MEMORY &&
        kind != GUEST_CALLBACK)
        return answer_error(reader, node,
                            "only memory can be left as it was: answer.in is out+0, context+0 or "
                            "a variable, or a callback");
    reader->probe->setup.may_be_unwritten = true;
    return true;
}

/* What the bits of EAX have to be, where any of them is not enough. */
static bool read_equals(const struct answer_reader *reader, const struct yaml_tree *node) {
    struct spec_form *form = &reader->probe->form;
    uint64_t bits;

    if (!yaml_tree_number(node, &bits, NULL) || bits == 0 || bits & ~(uint64_t)form->mask)
        return answer_error(reader, node,
                            "equals is what the mask's bits of EAX have to be, not 0");
    form->exact = true;
    form->equals = (uint32_t)bits;
    return true;
}

/* Bits of the place and of the target's EAX, which are the same unless a map says otherwise. */
static bool read_mask(const struct answer_reader *reader, const struct yaml_tree *node) {
    struct probe *probe = reader->probe;
    const struct yaml_tree *place = node, *eax = node, *equals = NULL;
    uint64_t bits = 0, of_eax = 0;

    if (node->kind == YAML_TREE_MAP) {
        place = yaml_tree_get(node, "place");
        eax = yaml_tree_get(node, "eax");
        equals = yaml_tree_get(node, "equals");
    }
    if (!yaml_tree_number(place, &bits, NULL) || bits == 0 ||
        !probe_fit_number(&probe->setup.answer, false, &bits))
        return answer_error(reader, place, "a mask is a number with bits of where the answer is");
    if (!yaml_tree_number(eax, &of_eax, NULL) || of_eax == 0 || of_eax > UINT32_MAX)
        return answer_error(reader, eax, "a mask is a number of up to 32 bits, not 0");
    probe->answer.mask = bits;
    probe->form.mask = (uint32_t)of_eax;
    if (equals && !read_equals(reader, equals))
        return false;
    if (node->kind == YAML_TREE_MAP || (bits & (bits - 1)) == 0)
        return true;
    /* Several bits are reported as they are. */
    probe->setup.value = probe->setup.answer;
    probe->form.value_bits = (uint32_t)of_eax;
    return true;
}

static bool read_value_place(const struct answer_reader *reader, const struct yaml_tree *node) {
    struct guest_place *place = &reader->probe->setup.value;

    reader->probe->form.value_bits = 0;
    if (!read_place(reader, node, place))
        return false;
    if (place->width < 4)
        return answer_error(reader, node,
                            "too narrow for a leaf's EAX: it needs a place of 4 or 8 bytes");
    return true;
}

static bool read_scale(const struct answer_reader *reader, const struct yaml_tree *node) {
    uint64_t scale;

    if (!yaml_tree_number(node, &scale, NULL) || scale == 0 || scale > UINT32_MAX)
        return answer_error(reader, node, "a scale is a number from 1 to 0xffffffff");
    if (reader->probe->setup.value.kind == GUEST_NOWHERE)
        return answer_error(reader, node, "a scale is of the value: say where that is (value)");
    reader->probe->form.scale = (uint32_t)scale;
    return true;
}

/* What has to be known ahead of a key: the answer's place, for its width, or nothing. */
enum answer_stage { ANSWER_PLACE, ANSWER_MEANING, ANSWER_VALUE };

/* In each stage in the order in which they are read. */
static const struct answer_key {
    const char *name;
    unsigned forms;
    bool (*read)(const struct answer_reader *reader, const struct yaml_tree *node);
    const struct yaml_shape *map;
    enum answer_stage stage;
} answer_rows[] = {
    {"in", YAML_TEXT, read_in, NULL, ANSWER_PLACE},
    {"callback", YAML_TEXT, read_callback, NULL, ANSWER_PLACE},
    {"mask", YAML_TEXT | YAML_MAP, read_mask, &mask_shape, ANSWER_MEANING},
    {"available", YAML_TEXT | YAML_LIST, read_available, NULL, ANSWER_MEANING},
    {"not-available", YAML_LIST, read_not_available, NULL, ANSWER_MEANING},
    {"not-implemented", YAML_LIST, read_not_implemented, NULL, ANSWER_MEANING},
    {"unwritten", YAML_TEXT, read_unwritten, NULL, ANSWER_MEANING},
    {"value", YAML_TEXT, read_value_place, NULL, ANSWER_VALUE},
    {"scale", YAML_TEXT, read_scale, NULL, ANSWER_VALUE},
    {"output", YAML_TEXT, NULL, NULL, ANSWER_VALUE}, /* of a whole program: see run.c */
};
#define ANSWER_KEYS (sizeof answer_rows / sizeof *answer_rows)

const struct yaml_shape *probe_answer_shape(void) {
    static struct yaml_key keys[ANSWER_KEYS];
    static const struct yaml_shape shape = {"answer", keys, ANSWER_KEYS,
                                            ANSWER_KEYS * sizeof(struct yaml_value), false};

    for (size_t i = 0; i < ANSWER_KEYS; i++)
        keys[i] = (struct yaml_key){answer_rows[i].name,
                                    answer_rows[i].forms,
                                    false,
                                    i * sizeof(struct yaml_value),
                                    answer_rows[i].map,
                                    false,
                                    NULL};
    return &shape;
}

static bool read_stage(const struct answer_reader *reader, const struct yaml_tree *map,
                       enum answer_stage stage) {
    bool good = true;

    for (size_t i = 0; map && i < ANSWER_KEYS; i++) {
        const struct yaml_tree *node = yaml_tree_get(map, answer_rows[i].name);

        if (node && answer_rows[i].read && answer_rows[i].stage == stage &&
            !answer_rows[i].read(reader, node))
            good = false;
    }
    return good;
}

bool probe_read_answer_lists(struct probe *probe, const struct yaml_file *file,
                             const struct yaml_tree *answer, struct errors *errors) {
    static const char *const lists[] = {"available", "not-available", "not-implemented"};
    struct answer_reader reader = {probe, file, errors};
    bool good = true;

    for (size_t i = 0; i < ANSWER_KEYS; i++) {
        const struct yaml_tree *node = yaml_tree_get(answer, answer_rows[i].name);

        for (size_t j = 0; node && j < sizeof lists / sizeof *lists; j++) {
            if (strcmp(answer_rows[i].name, lists[j]) == 0)
                good = answer_rows[i].read(&reader, node) && good;
        }
    }
    return good && check_lists(&reader, answer);
}

bool probe_read_answer(struct probe_reader *from, const struct yaml_tree *answer) {
    struct probe *probe = from->probe;
    struct answer_reader reader = {probe, from->file, from->errors};
    bool good = true;

    if (probe->is_program)
        return probe_read_run_answer(probe, from->file, answer, from->errors);
    good = read_stage(&reader, answer, ANSWER_PLACE);
    if (good && probe->setup.answer.kind == GUEST_NOWHERE)
        good = probe_set_answer_default(probe, from->errors);
    if (good && answer)
        good = read_stage(&reader, answer, ANSWER_MEANING) && check_lists(&reader, answer);
    good = read_stage(&reader, answer, ANSWER_VALUE) && good;
    return check_decides(&reader, answer) && good;
}
