/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/keys.h"

#include "base/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct question_reader {
    struct probe *probe;
    const struct yaml_file *file;
    struct errors *errors;
    struct guest_argument arguments[GUEST_ARGUMENTS_MAX + 2];
    size_t count;
};

/* Registers that code without a C ABI may get; more than a C call's arguments. */
#define QUESTION_REGISTERS_MAX 8u

static bool question_error(const struct question_reader *reader, const struct yaml_tree *node,
                           const char *message) {
    return errors_add(reader->errors, reader->file->path, node->line, node->column, "%s%s%s",
                      node->text ? node->text : "", node->text ? ": " : "", message);
}

/* Bytes of an argument that the ABI finds a place for: two words of the stack where it needs them. */
#define QUESTION_ARGUMENT_WIDTH 8u

/* The address of a later part of the buffer. */
static bool read_out_part(const struct question_reader *reader, const struct yaml_tree *node,
                          unsigned pointer, struct guest_argument *argument) {
    struct yaml_tree offset = {.kind = YAML_TREE_SCALAR, .text = node->text + 5};

    argument->kind = GUEST_ARGUMENT_OUT;
    if (!yaml_tree_number(&offset, &argument->number, NULL) || argument->number >= GUEST_OUT_SIZE)
        return question_error(reader, node, "the buffer has offsets from 0 to 255");
    return argument->place.width >= pointer ||
           question_error(reader, node, "does not fit this register");
}

static bool read_variable(const struct question_reader *reader, const struct yaml_tree *node,
                          struct guest_argument *argument) {
    const unsigned pointer = (unsigned)reader->probe->image->mode / 8;
    const struct {
        const char *name;
        enum guest_argument_kind kind;
        unsigned width;
        bool is_wide;
    } variables[] = {
        {"$target", GUEST_ARGUMENT_TARGET, 4, false},
        {"$target:8", GUEST_ARGUMENT_TARGET, 8, true},
        {"$out", GUEST_ARGUMENT_OUT, pointer, false},
        {"$result", GUEST_ARGUMENT_RESULT, pointer, false},
        {"$context", GUEST_ARGUMENT_CONTEXT, pointer, false},
        {"$callback", GUEST_ARGUMENT_CALLBACK, pointer, false},
    };
    const char *names[sizeof variables / sizeof *variables], *nearest;

    if (strncmp(node->text, "$out+", 5) == 0)
        return read_out_part(reader, node, pointer, argument);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        names[i] = variables[i].name;
        if (strcmp(node->text, variables[i].name) != 0)
            continue;
        argument->kind = variables[i].kind;
        argument->is_wide = variables[i].is_wide;
        return argument->place.width >= variables[i].width ||
               question_error(reader, node, "does not fit this register");
    }
    nearest = nearest_word(node->text, names, sizeof variables / sizeof *variables);
    return errors_add(reader->errors, reader->file->path, node->line, node->column,
                      "'%s' is neither $target nor $out, $result, $context or $callback%s%s%s",
                      node->text,
                      nearest ? ": did you mean '" : "", nearest ? nearest : "",
                      nearest ? "'?" : "");
}

/* Code gets $target, $out, a number or a string; argument->place says how wide it may be. */
static bool read_argument(const struct question_reader *reader, const struct yaml_tree *node,
                          struct guest_argument *argument) {
    bool negative;

    if (node->text[0] == '$')
        return read_variable(reader, node, argument);
    if (yaml_tree_number(node, &argument->number, &negative)) {
        argument->kind = GUEST_ARGUMENT_NUMBER;
        if (!probe_fit_number(&argument->place, negative, &argument->number))
            return question_error(reader, node, "too large for an argument here");
        /* What needs two words of 32-bit code is passed in two. */
        argument->is_wide = reader->probe->image->mode != IMAGE_64 &&
                            (int64_t)argument->number != (int32_t)argument->number &&
                            argument->number > UINT32_MAX;
        return true;
    }
    if (!node->quoted && strchr("-+.0123456789", node->text[0]))
        return question_error(reader, node,
                              *node->text ? "not a number; put text in quotes" : "empty");
    if (argument->place.width < (unsigned)reader->probe->image->mode / 8)
        return question_error(reader, node,
                              "does not fit this register: text is passed by address");
    if (strlen(node->text) > GUEST_STRING_MAX)
        return question_error(reader, node, "longer than 255 bytes");
    argument->kind = GUEST_ARGUMENT_STRING;
    argument->string = strdup(node->text);
    return argument->string || question_error(reader, node, "out of memory");
}

static bool put_byte(const struct question_reader *reader, const struct yaml_tree *node,
                     uint64_t offset, uint64_t value) {
    struct guest_setup *setup = &reader->probe->setup;
    struct guest_byte *grown;

    if (offset >= GUEST_OUT_SIZE)
        return errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                          "%s: the buffer has %u bytes", node->key, GUEST_OUT_SIZE);
    grown = reallocarray((struct guest_byte *)setup->out_bytes, setup->out_bytes_count + 1,
                         sizeof *grown);
    if (!grown)
        return question_error(reader, node, "out of memory");
    setup->out_bytes = grown;
    grown[setup->out_bytes_count++] = (struct guest_byte){(unsigned)offset, (uint8_t)value};
    return true;
}

/* The target, for code that takes it by its address. */
static bool put_target(const struct question_reader *reader, const struct yaml_tree *node,
                       uint64_t offset, unsigned width) {
    struct guest_setup *setup = &reader->probe->setup;
    struct guest_out_target *grown;

    if (width < 4 || offset > GUEST_OUT_SIZE - width)
        return question_error(reader, node, "takes 4 or 8 bytes of the buffer");
    grown = reallocarray((struct guest_out_target *)setup->out_targets,
                         setup->out_targets_count + 1, sizeof *grown);
    if (!grown)
        return question_error(reader, node, "out of memory");
    setup->out_targets = grown;
    grown[setup->out_targets_count++] = (struct guest_out_target){(unsigned)offset, width};
    return true;
}

/* One line of what the buffer holds: a number of 4 bytes or so, the target, or a list of bytes. */
static bool read_out_line(const struct question_reader *reader, const struct yaml_tree *node) {
    unsigned width = 4;
    char offset_text[24];
    struct yaml_tree scalar = {.kind = YAML_TREE_SCALAR, .text = offset_text};
    struct guest_place place = {.kind = GUEST_MEMORY};
    uint64_t offset, value;
    bool negative, good = true;

    snprintf(offset_text, sizeof offset_text, "%.*s", (int)probe_split_width(node->key, &width),
             node->key);
    place.width = width;
    if (!yaml_tree_number(&scalar, &offset, NULL))
        return errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                          "'%s' is no offset in the buffer", node->key);
    for (size_t i = 0; node->kind == YAML_TREE_LIST && i < node->count; i++) {
        if (!yaml_tree_number(&node->items[i], &value, NULL) || value > UINT8_MAX)
            good = question_error(reader, &node->items[i], "a byte is a number from 0 to 255");
        else
            good = put_byte(reader, node, offset + i, value) && good;
    }
    if (node->kind == YAML_TREE_LIST)
        return good;
    if (strcmp(node->text, "$target") == 0)
        return put_target(reader, node, offset, width);
    if (!yaml_tree_number(node, &value, &negative) || !probe_fit_number(&place, negative, &value))
        return question_error(reader, node, "not a number of that many bytes");
    for (unsigned i = 0; good && i < width; i++)
        good = put_byte(reader, node, offset + i, value >> 8 * i & UINT8_MAX);
    return good;
}

static bool read_out(const struct question_reader *reader, const struct yaml_tree *map) {
    bool good = true;

    for (size_t i = 0; map && i < map->count; i++)
        good = read_out_line(reader, &map->items[i]) && good;
    return good;
}

bool probe_read_out(struct probe_reader *from, const struct yaml_tree *node) {
    const struct question_reader reader = {
        .probe = from->probe, .file = from->file, .errors = from->errors};
    bool passed = false;

    for (size_t i = 0; i < from->probe->setup.arguments_count; i++) {
        enum guest_argument_kind kind = from->probe->setup.arguments[i].kind;

        passed |= kind == GUEST_ARGUMENT_OUT || kind == GUEST_ARGUMENT_RESULT;
    }
    if (!passed)
        return probe_key_error(from, node, "nothing passes $out: add it to the arguments");
    return read_out(&reader, node);
}

static bool read_arguments(struct question_reader *reader, const struct yaml_tree *list) {
    bool good = true;

    if (list->count > GUEST_ARGUMENTS_MAX)
        return errors_add(reader->errors, reader->file->path, list->line, list->column,
                          "more than %u arguments", GUEST_ARGUMENTS_MAX);
    for (size_t i = 0; i < list->count; i++) {
        struct guest_argument *argument = &reader->arguments[reader->count++];

        argument->place.kind = GUEST_REGISTER;
        argument->place.width = QUESTION_ARGUMENT_WIDTH;
        if (list->items[i].kind == YAML_TREE_MAP) {
            argument->kind = GUEST_ARGUMENT_OUT;
            good = read_out(reader, yaml_tree_get(&list->items[i], "out")) && good;
        } else if (!read_argument(reader, &list->items[i], argument)) {
            good = false;
        }
        if (argument->kind == GUEST_ARGUMENT_RESULT && i > 0)
            good = question_error(reader, &list->items[i], "comes ahead of all other arguments");
        argument->place = (struct guest_place){0};
    }
    return good;
}

static bool is_repeated(const struct question_reader *reader, const struct guest_place *place) {
    for (size_t i = 0; i + 1 < reader->count; i++) {
        if (reader->arguments[i].place.reg == place->reg)
            return true;
    }
    return false;
}

static bool read_registers(struct question_reader *reader, const struct yaml_tree *map) {
    bool good = true;

    if (map->count > QUESTION_REGISTERS_MAX)
        return question_error(reader, map, "more than 8 registers");
    for (size_t i = 0; i < map->count; i++) {
        struct guest_argument *argument = &reader->arguments[reader->count++];
        const struct yaml_tree *node = &map->items[i];

        if (!guest_place_parse(node->key, reader->probe->image->mode, &argument->place) ||
            argument->place.kind != GUEST_REGISTER || argument->place.reg & GUEST_PAIR)
            good = errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                              "'%s' is no register in %d-bit code", node->key,
                              (int)reader->probe->image->mode);
        else if (is_repeated(reader, &argument->place))
            good = errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                              "%s is part of a register that is given already", node->key);
        else if (!read_argument(reader, node, argument))
            good = false;
    }
    return good;
}

static bool read_targets(const struct question_reader *reader, const struct yaml_tree *list) {
    struct probe *probe = reader->probe;
    bool good = true;

    if (list->count == 0)
        return question_error(reader, list, "name at least one target, or leave targets out");
    probe->targets = calloc(list->count, sizeof *probe->targets);
    if (!probe->targets)
        return question_error(reader, list, "out of memory");
    for (size_t i = 0; i < list->count; i++) {
        uint64_t number;

        if (!yaml_tree_number(&list->items[i], &number, NULL) || number <= CPUID_BASE ||
            number > CPUID_BLOCK_LAST)
            good = question_error(reader, &list->items[i],
                                  "not a target: a leaf from 0x40000001 to 0x400000ff");
        else
            probe->targets[probe->targets_count++] = (uint32_t)number;
    }
    return good;
}

bool probe_read_targets(struct probe *probe, const struct yaml_file *file,
                        const struct yaml_tree *list, struct errors *errors) {
    const struct question_reader reader = {.probe = probe, .file = file, .errors = errors};

    return read_targets(&reader, list);
}

/* Whether the buffer will hold it: its key is read later. */
static bool buffer_holds_target(const struct yaml_tree *map) {
    const struct yaml_tree *out = yaml_tree_get(map, "out");

    for (size_t i = 0; out && out->kind == YAML_TREE_MAP && i < out->count; i++) {
        if (out->items[i].text && strcmp(out->items[i].text, "$target") == 0)
            return true;
    }
    return false;
}

static bool passes_target(const struct question_reader *reader, const struct yaml_tree *map) {
    if (reader->probe->setup.out_targets_count > 0 || buffer_holds_target(map))
        return true;
    for (size_t i = 0; i < reader->count; i++) {
        if (reader->arguments[i].kind == GUEST_ARGUMENT_TARGET)
            return true;
    }
    return false;
}

/* Code has to learn what it is asked for, or be about one thing only. */
static bool check_target(const struct question_reader *reader, const struct yaml_tree *map,
                         const struct yaml_tree *targets) {
    if (passes_target(reader, map) || (targets && targets->count == 1))
        return true;
    if (targets)
        return question_error(reader, targets,
                              "several targets, but no $target tells the code which: pass it, or "
                              "write one probe for each");
    return question_error(reader, map,
                          "nothing tells the code which feature is asked for: pass $target in "
                          "arguments or registers, or name the one feature in targets");
}

/* In a mended file nothing may be left of what passes the question. */
static bool asks_something(const struct yaml_tree *map) {
    static const char *const keys[] = {"arguments", "registers", "targets"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct yaml_tree *node = yaml_tree_get(map, keys[i]);

        if (node && node->count > 0)
            return true;
    }
    return false;
}

bool probe_read_question(struct probe_reader *from, const struct yaml_tree *arguments) {
    struct probe *probe = from->probe;
    const struct yaml_tree *map = from->map, *registers = yaml_tree_get(map, "registers");
    const struct yaml_tree *targets = yaml_tree_get(map, "targets");
    struct question_reader reader = {.probe = probe, .file = from->file, .errors = from->errors};
    bool good = true;

    if (from->lossy && !asks_something(map))
        return true;
    if (registers && arguments)
        good = question_error(&reader, arguments, "give arguments or registers, not both");
    else if (registers)
        good = read_registers(&reader, registers);
    else if (arguments)
        good = read_arguments(&reader, arguments);
    else if (!targets)
        reader.arguments[reader.count++].kind = GUEST_ARGUMENT_TARGET;
    if (!registers && reader.count > 0 && probe->setup.abi == GUEST_REGISTERS)
        good = question_error(&reader, arguments ? arguments : map,
                              "16-bit code has no calling convention: use registers");
    if (targets && !read_targets(&reader, targets))
        good = false;
    if (good)
        good = check_target(&reader, map, targets);
    if (probe_set_arguments(probe, reader.arguments, reader.count))
        return good;
    for (size_t i = 0; i < reader.count; i++)
        free((char *)reader.arguments[i].string);
    return question_error(&reader, map, "out of memory");
}
