/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/keys.h"

#include "base/nearest.h"
#include "emulator/image/names.h"

#include <stdlib.h>
#include <string.h>

/* Places in the code's own memory, by symbol or address. */

static bool number_parse(const char *text, uint64_t *number) {
    struct yaml_tree scalar = {.kind = YAML_TREE_SCALAR, .text = (char *)text};

    return yaml_tree_number(&scalar, number, NULL);
}

/* The data's symbol whose name is nearest; NULL: none is near, or out of memory. */
static const char *nearest_data(const struct image *image, const char *name) {
    const char **names = malloc((image->symbols_count + 1) * sizeof *names);
    const char *nearest;
    size_t count = 0;

    if (!names)
        return NULL;
    for (size_t i = 0; i < image->symbols_count; i++) {
        if (!image->symbols[i].is_function)
            names[count++] = image->symbols[i].name;
    }
    nearest = nearest_word(name, names, count);
    free(names);
    return nearest;
}

static bool note_no_data(const struct image *image, const char *name, struct probe_place at,
                         struct errors *errors) {
    const char *nearest = nearest_data(image, name);
    const char *ask = nearest ? ": did you mean '" : "", *end = nearest ? "'?" : "";

    if (image_find_undefined(image, name))
        return errors_add(
            errors, at.file, at.line, at.column,
            "'%s' is called in %s but not defined there, so it has no memory: give it "
            "some (data: {%s: SIZE})",
            name, image->path, name);
    if (!nearest)
        nearest = "";
    if (at.data_only)
        return errors_add(errors, at.file, at.line, at.column,
                          "'%s' is no place in %s: use a variable of the file or an address%s%s%s",
                          name, image->path, ask, nearest, end);
    return errors_add(errors, at.file, at.line, at.column,
                      "'%s' is no place in %s: use a register (eax, al, ...), cf, zf, out+0 to "
                      "out+%u, or a variable of the file%s%s%s",
                      name, image->path, GUEST_OUT_SIZE - 4, ask, nearest, end);
}

/* The variable that is written so in C++ or Rust; NULL: there is none. Another one that may be
 * meant as well is handed over. */
static const struct image_symbol *written_data(const struct image *image, const char *name,
                                               const struct image_symbol **other) {
    const struct image_symbol *found = NULL;

    for (size_t i = 0; i < image->symbols_count; i++) {
        const struct image_symbol *symbol = &image->symbols[i];

        if (symbol->is_function || !image_name_is(symbol->name, name))
            continue;
        if (!found)
            found = symbol;
        else if (symbol->address != found->address)
            *other = symbol;
    }
    return found;
}

static bool find_symbol(const struct probe *probe, const char *name, struct probe_place at,
                        uint64_t *address, uint64_t *size, struct errors *errors) {
    const struct image_symbol *symbol = image_find_symbol(probe->image, name);
    const struct image_import *given = image_find_undefined(probe->image, name);
    const struct image_symbol *other = NULL;

    if (!symbol && given && given->data) {
        *address = given->data;
        *size = 0; /* not known: what is undefined has no size */
        return true;
    }
    if (!symbol)
        symbol = written_data(probe->image, name, &other);
    if (other)
        return errors_add(errors, at.file, at.line, at.column,
                          "'%s' may be '%s' or '%s' in %s: give one of these", name, symbol->name,
                          other->name, probe->image->path);
    if (!symbol)
        return note_no_data(probe->image, name, at, errors);
    if (symbol->is_function)
        return errors_add(errors, at.file, at.line, at.column, "'%s' in %s is a function, not data",
                          name, probe->image->path);
    *address = symbol->address;
    *size = symbol->size;
    return true;
}

bool probe_find_data(const struct probe *probe, const char *text, size_t length,
                     struct probe_place at, uint64_t *address, uint64_t *size,
                     struct errors *errors) {
    char *name = strndup(text, length), *plus = name ? strrchr(name, '+') : NULL;
    uint64_t offset = 0;
    bool good = name != NULL;
    size_t available;

    *size = 0;
    if (!name)
        return errors_add(errors, at.file, at.line, at.column, "out of memory");
    if (plus) {
        *plus = '\0';
        good = number_parse(plus + 1, &offset) ||
               errors_add(errors, at.file, at.line, at.column, "'%s' is no offset", plus + 1);
    }
    if (good && number_parse(name, address)) {
        uint64_t written = image_written_address(probe->image, *address);

        /* Memory that is given (`data`) lies where it is said to. */
        if (image_bytes(probe->image, written, &available))
            *address = written;
    } else {
        good = good && find_symbol(probe, name, at, address, size, errors);
    }
    free(name);
    if (!good)
        return false;
    *address += offset;
    *size = *size > offset ? *size - offset : 0;
    return image_bytes(probe->image, *address, &available) != NULL ||
           errors_add(errors, at.file, at.line, at.column, "%.*s: nothing of %s lies there",
                      (int)length, text, probe->image->path);
}

/* Where a width follows the place, "SYMBOL:8"; C++ names hold colons too. NULL: none does. */
static const char *width_of(const char *text, unsigned *width) {
    const char *colon = strrchr(text, ':');

    if (!colon || colon == text || colon[-1] == ':' || strlen(colon) != 2 ||
        !strchr("1248", colon[1]))
        return NULL;
    *width = (unsigned)(colon[1] - '0');
    return colon;
}

size_t probe_split_width(const char *text, unsigned *width) {
    const char *colon = width_of(text, width);

    return colon ? (size_t)(colon - text) : strlen(text);
}

/* Whether it begins with a register's name, so that what follows is no part of that one. */
static bool note_no_part(const struct probe *probe, const char *text, struct probe_place at,
                         struct errors *errors) {
    const size_t length = strcspn(text, "+:");
    struct guest_place whole;
    char name[8];

    if (!text[length] || length >= sizeof name || at.data_only)
        return false;
    memcpy(name, text, length);
    name[length] = '\0';
    if (!guest_place_parse(name, probe->image->mode, &whole) || whole.kind != GUEST_REGISTER)
        return false;
    errors_add(errors, at.file, at.line, at.column,
               "'%s' is no place: in %d-bit code %s has %u byte%s%s", text, (int)probe->image->mode,
               name, whole.width, whole.width == 1 ? "" : "s",
               whole.width != 4                 ? ""
               : probe->image->mode == IMAGE_64 ? "; the register of 8 is written as rax, rdx, ..."
                                                : "; 8 that are returned in EDX and EAX are eax:8");
    return true;
}

bool probe_parse_place(const struct probe *probe, const char *text, struct probe_place at,
                       struct guest_place *place, struct errors *errors) {
    unsigned width = 0;
    size_t length = probe_split_width(text, &width);
    uint64_t address, size;
    size_t available;

    if (guest_place_parse(text, probe->image->mode, place))
        return true;
    if (note_no_part(probe, text, at, errors) ||
        !probe_find_data(probe, text, length, at, &address, &size, errors))
        return false;
    if (width == 0) /* as wide as the variable, where that is a width */
        width = size == 1 || size == 2 || (size == 8 && !strchr(text, '+')) ? (unsigned)size : 4;
    *place = (struct guest_place){.kind = GUEST_MEMORY, .width = width, .address = address};
    image_bytes(probe->image, address, &available);
    return available >= width || errors_add(errors, at.file, at.line, at.column,
                                            "%s: %u bytes do not fit there", text, width);
}

/* --- Memory that is preset. --- */

static bool set_bytes(struct probe_reader *reader, const struct yaml_tree *node, uint64_t address,
                      const uint8_t *bytes, size_t size) {
    return image_state(reader->probe->image, address, bytes, size) ||
           probe_key_error(reader, node, "%s: %zu bytes do not fit there", node->key, size);
}

static bool set_list(struct probe_reader *reader, const struct yaml_tree *node, uint64_t address) {
    bool good = true;

    for (size_t i = 0; i < node->count; i++) {
        uint64_t number;
        uint8_t byte;

        if (!yaml_tree_number(&node->items[i], &number, NULL) || number > UINT8_MAX) {
            good = probe_key_error(reader, &node->items[i], "a byte is a number from 0 to 255");
            continue;
        }
        byte = (uint8_t)number;
        good = set_bytes(reader, node, address + i, &byte, 1) && good;
    }
    return good;
}

static bool set_one(struct probe_reader *reader, const struct yaml_tree *node) {
    struct probe_place at = probe_place_of_key(reader, node);
    unsigned width = 4;
    size_t length = probe_split_width(node->key, &width);
    struct guest_place place = {.kind = GUEST_MEMORY, .width = width};
    uint64_t address, size, number;
    uint8_t bytes[8];
    bool negative;

    at.data_only = true;
    if (!probe_find_data(reader->probe, node->key, length, at, &address, &size, reader->errors))
        return false;
    if (node->kind == YAML_TREE_LIST)
        return set_list(reader, node, address);
    if (!yaml_tree_number(node, &number, &negative) || !probe_fit_number(&place, negative, &number))
        return probe_key_error(reader, node,
                               "'%s' is no number of %u bytes (SYMBOL:8 for eight) and no list of "
                               "bytes",
                               node->text, width);
    for (unsigned i = 0; i < width; i++)
        bytes[i] = (uint8_t)(number >> 8 * i);
    return set_bytes(reader, node, address, bytes, width);
}

bool probe_read_set(struct probe_reader *reader, const struct yaml_tree *node) {
    bool good = true;

    for (size_t i = 0; i < node->count; i++) {
        if (!set_one(reader, &node->items[i]))
            good = false;
    }
    return good;
}
