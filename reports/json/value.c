/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/value.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

#define JSON_INTEGER_LAST 9007199254740991u /* 2^53 - 1: exact in every reader (RFC 7493, 2.2) */

void json_put(json_t *object, bool *ok, const char *key, json_t *value) {
    if (json_object_set_new(object, key, value) != 0)
        *ok = false;
}

void json_add(json_t *array, bool *ok, json_t *value) {
    if (json_array_append_new(array, value) != 0)
        *ok = false;
}

json_t *json_finish(json_t *value, bool ok) {
    if (ok)
        return value;
    json_decref(value);
    return NULL;
}

json_t *json_text(const char *text) {
    char *harmless;
    json_t *value;

    if (!text)
        return json_null();
    harmless = text_harmless(text, TEXT_UNICODE);
    value = harmless ? json_string(harmless) : NULL;
    free(harmless);
    return value;
}

json_t *json_seed(uint64_t seed) {
    return seed <= JSON_INTEGER_LAST ? json_integer((json_int_t)seed)
                                     : json_sprintf("%" PRIu64, seed);
}

json_t *json_hex(uint64_t value, int digits) {
    return json_sprintf("0x%0*" PRIx64, digits, value);
}

json_t *json_word(uint32_t value) {
    return json_hex(value, 8);
}
