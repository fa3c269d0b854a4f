/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/*
 * Names of C++ and Rust as people write them, "hvx::has", against those that linkers see. Only the
 * path of a mangled name is read: its namespaces, classes and the function, not what it takes.
 * Sources: the Itanium C++ ABI, 5.1; Rust's RFC 2603 (v0) and the older form, which is C++'s with a
 * hash for the last part.
 */
#define NAME_PARTS_MAX 16u

struct name_path {
    struct name_part {
        const char *text;
        size_t length;
    } parts[NAME_PARTS_MAX];
    size_t count;
};

static void name_add(struct name_path *path, const char *text, size_t length) {
    if (path->count < NAME_PARTS_MAX)
        path->parts[path->count++] = (struct name_part){text, length};
}

static bool name_part_is(const struct name_part *part, const char *text, size_t length) {
    return part->length == length && memcmp(part->text, text, length) == 0;
}

/* A part with its length ahead, "3has". Returns what is behind it; NULL: there is none. */
static const char *name_counted(const char *at, struct name_part *part) {
    char *end;
    unsigned long length;

    if (!isdigit((unsigned char)*at) || *at == '0')
        return NULL;
    length = strtoul(at, &end, 10);
    if (length > strlen(end))
        return NULL;
    *part = (struct name_part){end, length};
    return end + length;
}

/* Behind the template arguments, "I...E", which may hold others; names in them are stepped over. */
static const char *name_behind_arguments(const char *at) {
    unsigned depth = 0;

    while (*at) {
        struct name_part part;
        const char *next = name_counted(at, &part);

        if (next) {
            at = next;
            continue;
        }
        if (*at == 'L' && at[1] != '_') { /* a number: "Li3E" */
            at += strcspn(at, "E");
            at += *at == 'E';
            continue;
        }
        if (*at == 'I' || *at == 'N' || *at == 'X' || *at == 'L')
            depth++;
        if (*at == 'E' && --depth == 0)
            return at + 1;
        at++;
    }
    return at;
}

static bool name_is_hash(const struct name_part *part) {
    return part->length == 17 && part->text[0] == 'h' &&
           strspn(part->text + 1, "0123456789abcdef") >= 16;
}

/* "_ZN3hvx3hasEj", "_Z3hasj", "_ZL3hasj": the parts up to what the function takes. */
static void name_read_cxx(const char *at, struct name_path *path) {
    bool nested = *at == 'N';

    if (nested)
        at += 1 + strspn(at + 1, "rVKRO");
    if (strncmp(at, "St", 2) == 0) {
        name_add(path, "std", 3);
        at += 2;
    }
    for (;;) {
        struct name_part part;
        const char *next;

        at += *at == 'L';
        next = name_counted(at, &part);
        if (!next)
            break;
        at = next;
        if (*at == 'B') { /* an ABI tag */
            struct name_part tag;
            const char *behind = name_counted(at + 1, &tag);

            at = behind ? behind : at;
        }
        if (!name_part_is(&part, "_GLOBAL__N_1", 12) &&
            !(nested && *at == 'E' && name_is_hash(&part)))
            name_add(path, part.text, part.length);
        if (*at == 'I' && nested)
            at = name_behind_arguments(at);
        if (!nested)
            break;
    }
}

/* "_ZZN3hvx3hasEjE5known": a variable of a function; a number may follow where there are several. */
static void name_read_local(const char *at, struct name_path *path) {
    name_read_cxx(at, path);
    for (const char *end = at + strlen(at); end > at; end--) {
        struct name_part part;
        const char *behind = end[-1] == 'E' ? name_counted(end, &part) : NULL;

        if (!behind || (*behind != '\0' && *behind != '_'))
            continue;
        name_add(path, part.text, part.length);
        return;
    }
}

/* "_RNvNtCs1234_5crate3mod3has": all parts, crate first. */
static void name_read_rust(const char *at, struct name_path *path) {
    while (*at) {
        struct name_part part;
        const char *next;

        if (*at == 's' || (*at == 'C' && at[1] == 's')) { /* a disambiguator, to its '_' */
            const char *end = strchr(at, '_');

            if (!end)
                return;
            at = end + 1;
        }
        next = name_counted(at, &part);
        if (!next) {
            at++;
            continue;
        }
        if (*part.text == '_' && part.length > 1) /* parts a digit from its length */
            part = (struct name_part){part.text + 1, part.length - 1};
        name_add(path, part.text, part.length);
        at = next;
    }
}

/* "hvx::has(unsigned)", "hvx::has(unsigned)::known": the parts that people write. */
static void name_read_written(const char *at, struct name_path *path) {
    const char *local = strstr(at, ")::");
    size_t end = strcspn(at, "(<");

    while (end > 0) {
        const char *colons = memmem(at, end, "::", 2);
        size_t length = colons ? (size_t)(colons - at) : end;

        if (length > 0)
            name_add(path, at, length);
        if (!colons)
            break;
        at += length + 2;
        end -= length + 2;
    }
    if (local)
        name_read_written(local + 3, path);
}

bool image_name_is(const char *symbol, const char *written) {
    struct name_path theirs = {.count = 0}, ours = {.count = 0};

    if (strncmp(symbol, "_ZZ", 3) == 0)
        name_read_local(symbol + 3, &theirs);
    else if (strncmp(symbol, "_Z", 2) == 0)
        name_read_cxx(symbol + 2, &theirs);
    else if (strncmp(symbol, "_R", 2) == 0)
        name_read_rust(symbol + 2, &theirs);
    name_read_written(written, &ours);
    if (ours.count == 0 || ours.count > theirs.count)
        return false;
    for (size_t i = 0; i < ours.count; i++) {
        const struct name_part *part = &ours.parts[i];

        if (!name_part_is(&theirs.parts[theirs.count - ours.count + i], part->text, part->length))
            return false;
    }
    return true;
}

bool image_name_is_fragment(const char *symbol) {
    static const char *const marks[] = {".cold", ".part.", ".isra.", ".constprop.", "$cold"};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (strstr(symbol, marks[i]))
            return true;
    }
    return strncmp(symbol, "__pfx_", 6) == 0 || strncmp(symbol, "__cfi_", 6) == 0;
}
