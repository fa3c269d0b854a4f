/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/read.h"

void read_leaves(struct reader *reader, json_t *object, struct report_leaf **leaves,
                 size_t *count) {
    json_t *array = read_field(reader, object, "leaves", JSON_ARRAY);

    *leaves = read_room(reader, array, sizeof **leaves, "leaves", count);
    for (size_t i = 0; i < *count; i++) {
        json_t *value = json_array_get(array, i);

        (*leaves)[i] = (struct report_leaf){
            .first = read_word(reader, value, "first"),
            .last = read_word(reader, value, "last"),
            .eax = read_word(reader, value, "eax"),
            .ebx = read_word(reader, value, "ebx"),
            .ecx = read_word(reader, value, "ecx"),
            .edx = read_word(reader, value, "edx"),
            .beyond = read_bool(reader, value, "beyond"),
            .target = read_bool(reader, value, "target"),
            .same = read_bool(reader, value, "same"),
            .accused = json_is_true(json_object_get(value, "accused")),
        };
    }
}

/* A text that may be unknown, kept by the report. */
static const char *read_known(struct reader *reader, json_t *object, const char *key) {
    json_t *value = json_object_get(object, key);

    return json_is_null(value) ? NULL : read_borrowed(reader, json_string_value(value), key);
}

static void read_features(struct reader *reader, json_t *array, struct report_probe *probe) {
    probe->features =
        read_room(reader, array, sizeof *probe->features, "features", &probe->features_count);
    for (size_t i = 0; i < probe->features_count; i++) {
        json_t *value = json_array_get(array, i);

        probe->features[i] = (struct report_feature){
            .leaf = read_word(reader, value, "leaf"),
            .range = read_known(reader, value, "range"),
            .meaning = read_known(reader, value, "meaning"),
            .source = read_known(reader, value, "source"),
            .value = read_required(reader, value, "value"),
        };
    }
}

void read_table(struct reader *reader, json_t *object, struct report_probe *probe) {
    read_features(reader, read_field(reader, object, "features", JSON_ARRAY), probe);
    probe->maximum = read_word(reader, object, "maximum");
    probe->vendor = read_text(reader, object, "vendor");
    read_leaves(reader, object, &probe->leaves, &probe->leaves_count);
}
