/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_JSON_FIELDS_H
#define HVSPEC_REPORTS_JSON_FIELDS_H

#include "reports/json/read.h"
#include "reports/json/value.h"

#include <stddef.h>

/*
 * The fields of a JSON object as a table: a row is a key, what kind of value it has, and where that
 * lies in a struct. Writing and reading go by the same rows, so that neither knows a field that the
 * other does not.
 */
enum field_kind {
    FIELD_TEXT,     /* char *, owned; NULL is null */
    FIELD_REQUIRED, /* char *, owned, never null */
    FIELD_KEPT,     /* const char *, borrowed by a struct report, which keeps it; never null */
    FIELD_KNOWN,    /* the same; NULL is null */
    FIELD_SIZE,     /* size_t */
    FIELD_LIMIT,    /* size_t; 0, none, is null */
    FIELD_COUNT,    /* uint64_t */
    FIELD_NUMBER,   /* unsigned */
    FIELD_BOOL,     /* bool */
    FIELD_WORD,     /* uint32_t, "0x40000000" */
    FIELD_ADDRESS,  /* uint64_t, "0x1040" */
    FIELD_HASH      /* uint64_t, "0x00000000deadbeef" */
};

struct field {
    const char *key;
    enum field_kind kind;
    size_t offset;
};
#define FIELD(type, key, kind, member)                                                             \
    { key, kind, offsetof(type, member) }
#define FIELDS(table) (table), sizeof(table) / sizeof(table)[0]

/* Adds the fields of `from` to an object, in the order of the rows. */
void fields_put(json_t *object, bool *ok, const struct field *fields, size_t count,
                const void *from);

/* The same as an object of its own. NULL: out of memory. */
json_t *fields_object(const struct field *fields, size_t count, const void *from);

/* Fills `to` from an object; what is not as it should be fails the reader and is zero. */
void fields_read(struct reader *reader, json_t *object, const struct field *fields, size_t count,
                 void *to);

#endif
