/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/set.h"

#include <stdlib.h>
#include <string.h>

#define SET_STANDARD_INPUT "standard-input"

/* --- Names. --- */

/* The last part of a path, without what would part the columns of a baseline; "#2" behind it from
 * the second table of a file on. NULL: out of memory. */
static char *set_name(const char *path, size_t index) {
    const char *slash = strrchr(path, '/'), *tail = slash ? slash + 1 : path;
    char *name = strdup(strcmp(path, "-") == 0 ? SET_STANDARD_INPUT : tail), *numbered;

    for (char *c = name; c && *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '#')
            *c = '_';
    }
    if (!name || index == 0)
        return name;
    if (asprintf(&numbered, "%s#%zu", name, index + 1) < 0)
        numbered = NULL;
    free(name);
    return numbered;
}

static bool set_has_name(const struct table_set *set, const char *name) {
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->subjects[i].name, name) == 0)
            return true;
    }
    return false;
}

/* Two files of one name are told apart by the whole of their paths. */
static char *set_free_name(const struct table_set *set, const char *path, size_t index) {
    char *name = set_name(path, index), *whole;

    if (!name || !set_has_name(set, name))
        return name;
    free(name);
    if (index == 0)
        return strdup(path);
    return asprintf(&whole, "%s#%zu", path, index + 1) < 0 ? NULL : whole;
}

/* --- Subjects. --- */

static void set_clear_subject(struct table_subject *subject) {
    for (size_t i = 0; i < subject->exclusions_count; i++)
        free(subject->exclusions[i].reason);
    free(subject->exclusions);
    free(subject->implements);
    free(subject->name);
    free(subject->path);
    free(subject->given);
    free(subject->note);
}

/* What the command line, or a manifest, says of a dump. */
struct set_source {
    const char *given;                 /* on the command line */
    const char *path;                  /* of the dump */
    const struct table_manifest *says; /* NULL: no manifest does */
    const struct dump *dump;
};

/* Takes over what the manifest has. */
static bool set_declare(struct table_subject *subject, const struct table_manifest *says) {
    subject->declared = says->declared;
    subject->implements = calloc(says->implements_count + 1, sizeof *subject->implements);
    subject->exclusions = calloc(says->exclusions_count + 1, sizeof *subject->exclusions);
    if (!subject->implements || !subject->exclusions)
        return false;
    subject->implements_count = says->implements_count;
    if (says->implements_count > 0)
        memcpy(subject->implements, says->implements,
               says->implements_count * sizeof *subject->implements);
    for (size_t i = 0; i < says->exclusions_count; i++) {
        subject->exclusions[i] =
            (struct table_exclusion){says->exclusions[i].rule, strdup(says->exclusions[i].reason)};
        if (!subject->exclusions[i].reason)
            return false;
        subject->exclusions_count++;
    }
    return true;
}

static bool set_append(struct table_set *set, const struct set_source *source, size_t index) {
    struct table_subject *grown = realloc(set->subjects, (set->count + 1) * sizeof *set->subjects);
    const char *name = source->says ? source->says->name : source->path;
    struct table_subject *subject;

    if (!grown)
        return false;
    set->subjects = grown;
    subject = &grown[set->count];
    *subject = (struct table_subject){.name = set_free_name(set, name, index),
                                      .path = strdup(source->path),
                                      .given = strdup(source->given),
                                      .dump = source->dump,
                                      .table = &source->dump->tables[index]};
    set->count++;
    return subject->name && subject->path && subject->given &&
           (!source->says || set_declare(subject, source->says));
}

static bool set_note_others(struct table_subject *subject, size_t judged, size_t count) {
    if (judged < count && asprintf(&subject->note,
                                   "%zu of the %zu tables in this file do not show leaf "
                                   "0x40000000, so nothing of them is judged",
                                   count - judged, count) < 0)
        subject->note = NULL;
    return subject->note || judged == count;
}

static bool set_take(struct table_set *set, const struct set_source *source,
                     struct errors *errors) {
    const struct dump *dump = source->dump;
    size_t first = set->count;

    for (size_t i = 0; i < dump->count; i++) {
        if (table_is_judged(&dump->tables[i]) && !set_append(set, source, i))
            return errors_add(errors, source->path, 0, 0, "out of memory");
    }
    if (set->count == first)
        return errors_add(errors, source->path, 0, 0,
                          "nothing to judge: the dump (%s) does not show leaf 0x40000000. In the "
                          "guest, cpuid -r or hvspec capture writes one that does",
                          dump->format);
    return set_note_others(&set->subjects[first], set->count - first, dump->count) ||
           errors_add(errors, source->path, 0, 0, "out of memory");
}

/* NULL with errors noted. The set owns it. */
static struct dump *set_load_dump(struct table_set *set, const char *path, struct errors *errors) {
    struct dump **grown = realloc(set->dumps, (set->dumps_count + 1) * sizeof *grown);
    struct dump *dump = calloc(1, sizeof *dump);

    if (grown)
        set->dumps = grown;
    if (!grown || !dump) {
        free(dump);
        errors_add(errors, path, 0, 0, "out of memory");
        return NULL;
    }
    set->dumps[set->dumps_count++] = dump;
    return dump_load(path, dump, errors) ? dump : NULL;
}

static bool set_is_given(const struct table_set *set, const char *given) {
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->subjects[i].given, given) == 0)
            return true;
    }
    return false;
}

static bool set_add_source(struct table_set *set, struct set_source source, struct errors *errors) {
    source.dump = set_load_dump(set, source.path, errors);
    return source.dump && set_take(set, &source, errors);
}

static bool set_add_manifest(struct table_set *set, const char *path, struct errors *errors) {
    struct table_manifests manifests = {0};
    bool good = table_manifests_load(path, &manifests, errors);

    for (size_t i = 0; good && i < manifests.count; i++) {
        const struct table_manifest *says = &manifests.list[i];

        if (set_has_name(set, says->name))
            good = errors_add(errors, path, says->line, says->column,
                              "another table has the name '%s': reports tell tables apart by it",
                              says->name);
        else
            good = set_add_source(set, (struct set_source){path, says->path, says, NULL}, errors);
    }
    table_manifests_clear(&manifests);
    return good;
}

/* A probe's manifest may hold words that are also in a kernel's messages. */
bool table_set_recognises(const char *path) {
    return table_is_manifest(path) ||
           ((!table_is_yaml(path) || table_is_rows(path)) && dump_recognises(path));
}

bool table_set_add(struct table_set *set, const char *path, struct errors *errors) {
    if (set_is_given(set, path))
        return errors_add(errors, path, 0, 0, "the same table is given twice");
    if (table_is_manifest(path))
        return set_add_manifest(set, path, errors);
    return set_add_source(set, (struct set_source){path, path, NULL, NULL}, errors);
}

void table_set_clear(struct table_set *set) {
    for (size_t i = 0; i < set->count; i++)
        set_clear_subject(&set->subjects[i]);
    for (size_t i = 0; i < set->dumps_count; i++) {
        dump_clear(set->dumps[i]);
        free(set->dumps[i]);
    }
    free(set->subjects);
    free(set->dumps);
    *set = (struct table_set){0};
}
