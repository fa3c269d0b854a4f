/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/internal.h"

#include "base/nearest.h"
#include "emulator/image/names.h"
#include "emulator/source/source_line.h"

#include <stdlib.h>
#include <string.h>

#define PROBE_FUNCTIONS_TOLD 5u /* when the one asked for is not there */

/* A hexadecimal or decimal number that ends the text. */
static bool address_parse(const char *text, uint64_t *address) {
    struct yaml_tree scalar = {.kind = YAML_TREE_SCALAR, .text = (char *)text};

    return yaml_tree_number(&scalar, address, NULL);
}

static bool flat_parse(const char *text, enum image_mode *mode, uint64_t *address) {
    static const struct {
        const char *prefix;
        enum image_mode mode;
        uint64_t last; /* highest address */
    } modes[] = {
        {"16@", IMAGE_16, 0xfffff},
        {"32@", IMAGE_32, UINT32_MAX},
        {"64@", IMAGE_64, 0x7fffffffffff},
    };

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strncmp(text, modes[i].prefix, 3) == 0) {
            *mode = modes[i].mode;
            return address_parse(text + 3, address) && *address <= modes[i].last;
        }
    }
    return false;
}

bool probe_load_image(struct probe *probe, const char *path, const char *flat,
                      struct probe_place flat_at, const struct image_request *request,
                      struct errors *errors) {
    struct image_request placed = *request;
    enum image_mode mode;
    uint64_t address;

    placed.seed = probe->setup.process ? 0 : probe->setup.seed; /* a loader places what it starts */
    if (!flat)
        probe->image = image_load(path, &placed, errors);
    else if (!flat_parse(flat, &mode, &address))
        return errors_add(errors, flat_at.file, flat_at.line, flat_at.column,
                          "flat code is 16, 32 or 64, @ and its address, such as 16@0x7c00 (16-bit "
                          "addresses go up to 0xfffff), not '%s'",
                          flat);
    else
        probe->image = image_load_flat(path, mode, address, errors);
    return probe->image != NULL;
}

static bool is_executable(const struct image *image, uint64_t address) {
    for (size_t i = 0; i < image->segments_count; i++) {
        const struct image_segment *segment = &image->segments[i];

        if (address >= segment->address && address - segment->address < segment->size)
            return segment->permissions & IMAGE_EXECUTE;
    }
    return false;
}

/* The function whose name is nearest; NULL: none is near, or out of memory. */
static const char *nearest_function(const struct image *image, const char *name) {
    const char **names = malloc((image->symbols_count + 1) * sizeof *names);
    const char *nearest;
    size_t count = 0;

    if (!names)
        return NULL;
    for (size_t i = 0; i < image->symbols_count; i++) {
        if (image->symbols[i].is_function && !image_name_is_fragment(image->symbols[i].name))
            names[count++] = image->symbols[i].name;
    }
    nearest = nearest_word(name, names, count);
    free(names);
    return nearest;
}

/* The first functions that other files may call, leaving out what compilers add: ", which has a, b
 * and 3 more"; "": there are none. */
static const char *functions_text(const struct image *image, char *text, size_t size) {
    size_t used = 0, count = 0, told = 0;

    text[0] = '\0';
    for (size_t i = 0; i < image->symbols_count; i++) {
        const struct image_symbol *symbol = &image->symbols[i];

        if (!symbol->is_function || !symbol->is_global || symbol->name[0] == '_' ||
            image_name_is_fragment(symbol->name))
            continue;
        if (count++ >= PROBE_FUNCTIONS_TOLD || used + strlen(symbol->name) + 40 > size)
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 told++ == 0 ? ", which has " : ", ", symbol->name);
    }
    if (told > 0 && count > told)
        snprintf(text + used, size - used, " and %zu more", count - told);
    return text;
}

static bool is_import(const struct image *image, const char *name) {
    for (size_t i = 0; i < image->imports_count; i++) {
        if (strcmp(image->imports[i].name, name) == 0)
            return true;
    }
    return false;
}

/* Notes that a static function has become a part of another one; false: it is not known to. */
static bool note_inlined(const struct image *image, const char *name, struct probe_place at,
                         struct errors *errors) {
    struct source_line *source = source_line_open(image);
    const struct image_symbol *into = source ? source_line_inlined_into(source, name) : NULL;

    if (into)
        errors_add(errors, at.file, at.line, at.column,
                   "'%s' has no code of its own in %s: the compiler put it into '%s': name that, "
                   "or compile with -fno-inline",
                   name, image->path, into->name);
    source_line_close(source);
    return into != NULL;
}

static bool note_no_function(const struct image *image, const char *name, struct probe_place at,
                             struct errors *errors) {
    const char *nearest = nearest_function(image, name);
    char functions[400];

    if (is_import(image, name))
        return errors_add(errors, at.file, at.line, at.column,
                          "'%s' is used in %s but not defined there: link the file that has it",
                          name, image->path);
    if (note_inlined(image, name, at, errors))
        return false;
    if (nearest)
        return errors_add(errors, at.file, at.line, at.column,
                          "no function '%s' in %s: did you mean '%s'?", name, image->path, nearest);
    if (image->start > 0 && image->symbols_count <= 1)
        return errors_add(errors, at.file, at.line, at.column,
                          "no function '%s' in %s, which names none: give an address (0x...), "
                          "counted from the image's start",
                          name, image->path);
    if (image->symbols_count == 0)
        return errors_add(errors, at.file, at.line, at.column,
                          "no function '%s' in %s, which has no symbols: give an address (0x...)",
                          name, image->path);
    return errors_add(errors, at.file, at.line, at.column,
                      "no function '%s' in %s%s: name the function to call (%s)", name, image->path,
                      functions_text(image, functions, sizeof functions),
                      at.line > 0 ? "entry: NAME" : "--entry NAME");
}

/* The function that is written so in C++ or Rust; NULL: there is none. Another one that may be
 * meant as well is handed over. */
static const struct image_symbol *written_function(const struct image *image, const char *name,
                                                   const struct image_symbol **other) {
    const struct image_symbol *found = NULL;

    *other = NULL;
    for (size_t i = 0; i < image->symbols_count; i++) {
        const struct image_symbol *symbol = &image->symbols[i];

        if (!symbol->is_function || image_name_is_fragment(symbol->name) ||
            !image_name_is(symbol->name, name))
            continue;
        if (!found)
            found = symbol;
        else if (symbol->address != found->address)
            *other = symbol;
    }
    return found;
}

static bool note_resolver(struct probe *probe, uint64_t address) {
    struct guest_setup *setup = &probe->setup;
    uint64_t *grown =
        reallocarray((uint64_t *)setup->resolvers, setup->resolvers_count + 1, sizeof *grown);

    if (!grown)
        return false;
    setup->resolvers = grown;
    grown[setup->resolvers_count++] = address;
    return true;
}

bool probe_find_function(struct probe *probe, const char *text, struct probe_place at,
                         uint64_t *address, struct errors *errors) {
    const struct image *image = probe->image;
    const struct image_symbol *symbol, *other = NULL;

    if (address_parse(text, address)) {
        *address = image_written_address(image, *address);
        if (is_executable(image, *address))
            return true;
        return errors_add(errors, at.file, at.line, at.column, "no code at address %s in %s", text,
                          image->path);
    }
    symbol = image_find_symbol(image, text);
    if (!symbol)
        symbol = written_function(image, text, &other);
    if (symbol && other)
        return errors_add(errors, at.file, at.line, at.column,
                          "'%s' may be %s or %s in %s: name one of them", text, symbol->name,
                          other->name, image->path);
    if (!symbol)
        return note_no_function(image, text, at, errors);
    if (!symbol->is_function)
        return errors_add(errors, at.file, at.line, at.column, "'%s' in %s is data, not a function",
                          text, image->path);
    *address = symbol->address;
    return !symbol->is_indirect || note_resolver(probe, *address) ||
           errors_add(errors, at.file, at.line, at.column, "out of memory");
}

const char *probe_default_entry(const char *flat) {
    return flat ? "start" : PROBE_ENTRY_DEFAULT;
}

bool probe_set_entry(struct probe *probe, const char *text, struct probe_place at,
                     struct errors *errors) {
    probe->entry = strdup(text);
    if (!probe->entry)
        return errors_add(errors, at.file, at.line, at.column, "out of memory");
    return probe_find_function(probe, text, at, &probe->setup.entry, errors);
}

/* Which function is called is not known before the guest runs, and so not how many bits it takes.
 */
static bool is_entry_chosen(const struct probe *probe) {
    const struct image_symbol *symbol = image_find_symbol(probe->image, probe->entry);

    return symbol && (symbol->is_indirect || symbol->is_stub);
}

/* Whether a number or the target takes 64 bits. A hidden argument is no parameter. */
static bool is_wide_argument(const struct probe *probe, struct source_line *source, size_t index) {
    const struct guest_argument *argument = &probe->setup.arguments[index];
    size_t hidden = probe->setup.arguments[0].kind == GUEST_ARGUMENT_RESULT;
    bool is_target = argument->kind == GUEST_ARGUMENT_TARGET;

    if (index < hidden || (!is_target && argument->kind != GUEST_ARGUMENT_NUMBER))
        return false;
    if (is_entry_chosen(probe))
        return is_target && probe->image->mode == IMAGE_64;
    return source_line_parameter_size(source, probe->setup.entry, (unsigned)(index - hidden)) == 8;
}

bool probe_read_debug(struct probe *probe, struct errors *errors) {
    struct source_line *source;

    if (!probe->has_abi || probe->image->mode == IMAGE_16)
        return true;
    source = source_line_open(probe->image);
    if (!source)
        return errors_add(errors, probe->path, 0, 0, "out of memory");
    for (size_t i = 0; i < probe->setup.arguments_count; i++) {
        struct guest_argument *argument = (struct guest_argument *)&probe->setup.arguments[i];

        argument->is_wide |= is_wide_argument(probe, source, i);
    }
    probe->setup.no_red_zone |=
        source_line_is_built_with(source, probe->setup.entry, "-mno-red-zone");
    source_line_close(source);
    return true;
}

enum guest_abi probe_default_abi(const struct image *image) {
    switch (image->mode) {
    case IMAGE_64:
        return image->is_windows ? GUEST_MS64 : GUEST_SYSV64;
    case IMAGE_32:
        return GUEST_CDECL32;
    case IMAGE_16:
        break;
    }
    return GUEST_REGISTERS;
}

/* Which register a floating-point number of that size comes back in: the x87's in 32-bit code, and
 * there for what no vector register holds. */
static const char *float_place(const struct probe *probe, unsigned size) {
    if (size == 0 || probe->image->mode == IMAGE_16)
        return NULL;
    if (probe->image->mode == IMAGE_32 || size > 8)
        return "st0";
    return size == 4 ? "xmm0:4" : "xmm0";
}

const char *probe_return_place(const struct probe *probe) {
    struct source_line *source;
    const char *place;
    unsigned size;

    if (!probe->has_abi || is_entry_chosen(probe))
        return NULL;
    source = source_line_open(probe->image);
    if (!source)
        return NULL;
    size = source_line_return_size(source, probe->setup.entry);
    place = float_place(probe, source_line_return_float(source, probe->setup.entry));
    source_line_close(source);
    return size == 1 ? "al" : size == 2 ? "ax" : place;
}

bool probe_fit_number(const struct guest_place *place, bool negative, uint64_t *number) {
    unsigned bits = place->width * 8;
    uint64_t mask = bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;

    if (place->kind == GUEST_CARRY || place->kind == GUEST_ZERO)
        return !negative && *number <= 1;
    if (negative ? 0 - *number > (mask >> 1) + 1 : *number > mask)
        return false;
    *number &= mask;
    return true;
}
