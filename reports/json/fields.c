/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/fields.h"

#include <limits.h>

static json_t *field_value(const struct field *field, const void *from) {
    const char *at = (const char *)from + field->offset;

    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_REQUIRED:
    case FIELD_KEPT:
    case FIELD_KNOWN:
        return json_text(*(char *const *)at);
    case FIELD_SIZE:
        return json_integer((json_int_t) * (const size_t *)at);
    case FIELD_LIMIT:
        return *(const size_t *)at > 0 ? json_integer((json_int_t) * (const size_t *)at)
                                       : json_null();
    case FIELD_COUNT:
        return json_integer((json_int_t) * (const uint64_t *)at);
    case FIELD_NUMBER:
        return json_integer(*(const unsigned *)at);
    case FIELD_BOOL:
        return json_boolean(*(const bool *)at);
    case FIELD_WORD:
        return json_word(*(const uint32_t *)at);
    case FIELD_ADDRESS:
        return json_hex(*(const uint64_t *)at, 1);
    case FIELD_HASH:
        return json_hex(*(const uint64_t *)at, 16);
    }
    return NULL;
}

void fields_put(json_t *object, bool *ok, const struct field *fields, size_t count,
                const void *from) {
    for (size_t i = 0; i < count; i++)
        json_put(object, ok, fields[i].key, field_value(&fields[i], from));
}

json_t *fields_object(const struct field *fields, size_t count, const void *from) {
    json_t *object = json_object();
    bool ok = object;

    fields_put(object, &ok, fields, count, from);
    return json_finish(object, ok);
}

static unsigned field_number(struct reader *reader, json_t *object, const char *key) {
    uint64_t number = read_size(reader, object, key);

    if (number > UINT_MAX)
        reader_fail(reader, key);
    return number > UINT_MAX ? 0 : (unsigned)number;
}

static const char *field_kept(struct reader *reader, json_t *object, const char *key) {
    return read_borrowed(reader, json_string_value(json_object_get(object, key)), key);
}

static void field_read(struct reader *reader, json_t *object, const struct field *field, void *to) {
    const char *key = field->key;
    char *at = (char *)to + field->offset;

    switch (field->kind) {
    case FIELD_TEXT:
        *(char **)at = read_text(reader, object, key);
        break;
    case FIELD_REQUIRED:
        *(char **)at = read_required(reader, object, key);
        break;
    case FIELD_KEPT:
        *(const char **)at = field_kept(reader, object, key);
        break;
    case FIELD_KNOWN:
        if (!json_is_null(json_object_get(object, key)))
            *(const char **)at = field_kept(reader, object, key);
        break;
    case FIELD_LIMIT:
        if (json_is_null(json_object_get(object, key)))
            break;
        /* fall through */
    case FIELD_SIZE:
        *(size_t *)at = (size_t)read_size(reader, object, key);
        break;
    case FIELD_COUNT:
        *(uint64_t *)at = read_size(reader, object, key);
        break;
    case FIELD_NUMBER:
        *(unsigned *)at = field_number(reader, object, key);
        break;
    case FIELD_BOOL:
        *(bool *)at = read_bool(reader, object, key);
        break;
    case FIELD_WORD:
        *(uint32_t *)at = read_word(reader, object, key);
        break;
    case FIELD_ADDRESS:
    case FIELD_HASH:
        *(uint64_t *)at = read_hex(reader, object, key, UINT64_MAX);
        break;
    }
}

void fields_read(struct reader *reader, json_t *object, const struct field *fields, size_t count,
                 void *to) {
    for (size_t i = 0; i < count; i++)
        field_read(reader, object, &fields[i], to);
}
