/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/guests/gallery.h"

#include "base/data_path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A line of the list: what harness/broken/expected.txt says of each. */
enum gallery_field { FIELD_FILE, FIELD_MODES, FIELD_ENTRY, FIELD_OPTIONS, FIELD_NOTE = 6, FIELDS };

/* Takes the line apart in place. False: it is a comment, or has too few fields. */
static bool gallery_split(char *line, const char *fields[FIELDS]) {
    size_t count = 0;

    line[strcspn(line, "\n")] = '\0';
    if (line[0] == '#')
        return false;
    for (char *at = line; at && count < FIELDS; count++) {
        char *bar = count + 1 < FIELDS ? strchr(at, '|') : NULL, *end;

        if (bar)
            *bar = '\0';
        at += strspn(at, " ");
        end = at + strlen(at);
        while (end > at && end[-1] == ' ')
            *--end = '\0';
        fields[count] = at;
        at = bar ? bar + 1 : NULL;
    }
    return count == FIELDS;
}

static bool gallery_add(struct gallery *gallery, const char *path, const char *const fields[FIELDS],
                        struct errors *errors) {
    bool manifest = strcmp(fields[FIELD_OPTIONS], "manifest") == 0;
    struct probe_options options = {.entry = manifest ? NULL : fields[FIELD_ENTRY],
                                    .answer = strcmp(fields[FIELD_OPTIONS], "value") == 0 ? "value"
                                                                                          : NULL};
    struct gallery_guest *grown =
        realloc(gallery->guests, (gallery->count + 1) * sizeof *gallery->guests);

    if (!grown)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    gallery->guests = grown;
    if (!probe_load(path, &options, &gallery->probes, &gallery->probes_count, errors))
        return false;
    grown[gallery->count] = (struct gallery_guest){
        gallery->probes[gallery->probes_count - 1],
        strndup(fields[FIELD_FILE], strcspn(fields[FIELD_FILE], ".")), strdup(fields[FIELD_NOTE])};
    gallery->count++;
    return (grown[gallery->count - 1].name && grown[gallery->count - 1].mistake) ||
           errors_add(errors, NULL, 0, 0, "out of memory");
}

/* The file of that ending beside the others. NULL: out of memory. */
static char *gallery_path(const char *folder, const char *source, const char *ending) {
    char *path;

    return asprintf(&path, "%s/%.*s.%s", folder, (int)strcspn(source, "."), source, ending) < 0
               ? NULL
               : path;
}

/* The 64-bit build; one that no compiler was there for is left out. */
static bool gallery_add_line(struct gallery *gallery, const char *folder, char *line,
                             struct errors *errors) {
    const char *fields[FIELDS];
    const char *ending;
    char *path, *code;
    bool good;

    if (!gallery_split(line, fields) || strcmp(fields[FIELD_MODES], "32") == 0)
        return true;
    ending = strcmp(fields[FIELD_OPTIONS], "manifest") == 0 ? "yaml" : "so";
    path = gallery_path(folder, fields[FIELD_FILE], ending);
    code = gallery_path(folder, fields[FIELD_FILE], "so");
    good = path && code ? access(code, R_OK) != 0 || gallery_add(gallery, path, fields, errors)
                        : errors_add(errors, NULL, 0, 0, "out of memory");
    free(path);
    free(code);
    return good;
}

static bool gallery_read(struct gallery *gallery, const char *folder, const char *list,
                         struct errors *errors) {
    FILE *stream = fopen(list, "r");
    char *line = NULL;
    size_t size = 0;
    bool good = true;

    if (!stream)
        return errors_add(errors, list, 0, 0, "%s", strerror(errno));
    while (good && getline(&line, &size, stream) >= 0)
        good = gallery_add_line(gallery, folder, line, errors);
    free(line);
    fclose(stream);
    return good;
}

bool gallery_load(struct gallery *gallery, struct errors *errors) {
    char *folder = data_path("guests"), *list = data_path("guests.txt");
    bool good = folder && list ? gallery_read(gallery, folder, list, errors) : true;

    free(folder);
    free(list);
    if (good && gallery->count == 0)
        good = errors_add(errors, NULL, 0, 0,
                          "the wrong guests that come with this program are not installed: they "
                          "are x86 code, built where a compiler for it is");
    return good;
}

void gallery_clear(struct gallery *gallery) {
    for (size_t i = 0; i < gallery->count; i++) {
        free(gallery->guests[i].name);
        free(gallery->guests[i].mistake);
    }
    for (size_t i = 0; i < gallery->probes_count; i++)
        probe_free(gallery->probes[i]);
    free(gallery->guests);
    free(gallery->probes);
    *gallery = (struct gallery){0};
}
