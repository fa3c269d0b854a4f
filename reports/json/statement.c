/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/read.h"
#include "reports/json/value.h"

/* What the caller said, as JSON and back: the same in every report that is JSON. */

static json_t *json_statement(const struct report_statement *statement) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "text", json_text(statement->text));
    json_put(object, &ok, "limit", json_text(statement->limit));
    return json_finish(object, ok);
}

json_t *json_statements(const struct report_statement *statements, size_t count) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < count; i++)
        json_add(array, &ok, json_statement(&statements[i]));
    return json_finish(array, ok);
}

void read_statements(struct reader *reader, json_t *object, struct report_statement **statements,
                     size_t *count) {
    json_t *array = read_field(reader, object, "stated", JSON_ARRAY);

    *statements = read_room(reader, array, sizeof **statements, "stated", count);
    for (size_t i = 0; i < *count; i++) {
        json_t *one = json_array_get(array, i);

        (*statements)[i].text = read_required(reader, one, "text");
        (*statements)[i].limit = read_text(reader, one, "limit");
    }
}
