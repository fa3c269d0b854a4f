/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/assemble/place.h"

#include "base/memstream.h"
#include "emulator/source/demangle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct place place_of(const struct guest_callers *callers, unsigned chain, uint64_t address) {
    struct place place = {.addresses = {address}, .count = 1};

    if (!callers || chain == 0)
        return place;
    /* A call is known by where it comes back to, which may be another line's, or a function's. */
    for (size_t i = 0; i < callers->chains[chain - 1].count; i++)
        place.addresses[place.count++] = callers->chains[chain - 1].returns[i] - 1;
    return place;
}

unsigned place_chain(const struct guest_callers *callers, size_t index) {
    return callers && index < GUEST_CALLED_MAX ? callers->of[index] : 0;
}

bool place_symbol(const struct image *image, uint64_t address, char **text) {
    const struct image_symbol *symbol = image_symbol_at(image, address);
    char *name;

    *text = NULL;
    if (!symbol)
        return true;
    name = demangle(symbol->name);
    if (!name || asprintf(text, "%s+0x%" PRIx64, name, address - symbol->address) < 0)
        *text = NULL;
    free(name);
    return *text != NULL;
}

bool place_source(const struct place *place, struct source_line *source, char **text) {
    const char *file;
    unsigned line;
    size_t at;

    *text = NULL;
    if (source_line_find_first(source, place->addresses, place->count, &file, &line, &at) &&
        asprintf(text, "%s:%u", file, line) < 0) {
        *text = NULL;
        return false;
    }
    return true;
}

/* One caller, by where it comes back to. */
static bool place_print_caller(FILE *stream, const struct image *image, struct source_line *source,
                               uint64_t address) {
    const char *file;
    unsigned line;
    char *symbol;
    bool done = place_symbol(image, address + 1, &symbol);

    if (symbol)
        fputs(symbol, stream);
    else
        fprintf(stream, "0x%" PRIx64, address + 1);
    if (source_line_find(source, address, &file, &line))
        fprintf(stream, " %s:%u", file, line);
    free(symbol);
    return done;
}

bool place_callers(const struct place *place, const struct image *image, struct source_line *source,
                   char **text) {
    size_t size = 0;
    FILE *stream;
    bool done;

    *text = NULL;
    if (place->count == 1)
        return true;
    stream = open_memstream(text, &size);
    done = stream != NULL;
    for (size_t i = 1; done && i < place->count; i++) {
        fputs(i > 1 ? ", " : "", stream);
        done = place_print_caller(stream, image, source, place->addresses[i]);
    }
    if (stream && memstream_close(stream, text) && done)
        return true;
    free(*text);
    *text = NULL;
    return false;
}
